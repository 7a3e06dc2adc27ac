import { graphql } from '../graphql/index.ts'

export const AlertsDocument = graphql(`
  query Alerts(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AlertFilter
    $orderBy: AlertOrder
    $count: Boolean = false
  ) {
    alerts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        status
        cause
        value
        expected
        score
        openedAt
        resolvedAt
        rule {
          id
          name
          metric
        }
      }
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export const OpenAlertsDocument = graphql(`
  query OpenAlerts {
    alerts(first: 10, filter: { status: [OPEN] }) {
      nodes {
        id
        status
        cause
        openedAt
        score
        rule {
          id
          name
        }
      }
    }
  }
`)

export const AlertDocument = graphql(`
  query Alert($id: ID!) {
    node(id: $id) {
      ... on Alert {
        id
        status
        cause
        value
        expected
        score
        evidence
        openedAt
        acknowledgedAt
        acknowledgedBy
        resolvedAt
        resolvedBy
        rule {
          id
          name
          metric
          kind
          direction
          threshold
          sensitivity
          weeks
          minimum
          window
          filter
          active
          version
        }
      }
    }
    alertMetrics {
      name
      label
      unit
      byMinute
    }
  }
`)

export const RulesDocument = graphql(`
  query AlertRules(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AlertRuleFilter
    $orderBy: AlertRuleOrder
    $count: Boolean = false
  ) {
    alertRules(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        name
        metric
        kind
        direction
        threshold
        sensitivity
        window
        active
        checkedAt
        updatedAt
        version
      }
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export const RuleDocument = graphql(`
  query AlertRule($id: ID!) {
    node(id: $id) {
      ... on AlertRule {
        id
        name
        metric
        kind
        direction
        threshold
        sensitivity
        weeks
        minimum
        window
        filter
        active
        version
        checkedAt
      }
    }
  }
`)

export const AlertMetricsDocument = graphql(`
  query AlertMetrics {
    alertMetrics {
      name
      label
      unit
      byMinute
    }
  }
`)

export const PreviewRuleDocument = graphql(`
  query PreviewAlertRule($input: AlertRuleInput!) {
    previewAlertRule(input: $input) {
      from
      until
      judged
      unknown
      count
      alerts {
        from
        until
        value
      }
      hours {
        until
        value
        expected
      }
    }
  }
`)

export const CreateRuleDocument = graphql(`
  mutation CreateAlertRule($input: AlertRuleInput!) {
    createAlertRule(input: $input) {
      ... on CreateAlertRuleSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

export const UpdateRuleDocument = graphql(`
  mutation UpdateAlertRule($id: ID!, $input: UpdateAlertRuleInput!, $expectedVersion: Int) {
    updateAlertRule(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdateAlertRuleSuccess {
        data {
          id
          name
          metric
          kind
          direction
          threshold
          sensitivity
          weeks
          minimum
          window
          filter
          active
          version
        }
      }
      ... on Error {
        code
        message
      }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

export const DeleteRuleDocument = graphql(`
  mutation DeleteAlertRule($id: ID!) {
    deleteAlertRule(id: $id) {
      ... on DeleteAlertRuleSuccess {
        __typename
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const AcknowledgeDocument = graphql(`
  mutation AcknowledgeAlert($id: ID!) {
    acknowledgeAlert(id: $id) {
      ... on AcknowledgeAlertSuccess {
        data {
          id
          status
          acknowledgedAt
          acknowledgedBy
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const ResolveDocument = graphql(`
  mutation ResolveAlert($id: ID!) {
    resolveAlert(id: $id) {
      ... on ResolveAlertSuccess {
        data {
          id
          status
          resolvedAt
          resolvedBy
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
