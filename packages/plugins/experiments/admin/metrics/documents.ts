import { graphql } from '../graphql/index.ts'

graphql(`
  fragment MetricFields on ExperimentMetric {
    id
    key
    name
    description
    kind
    event
    filter
    property
    currency
    numerator {
      id
      name
    }
    denominator {
      id
      name
    }
    retentionFrom
    retentionTo
    windowHours
    cap
    capPercentile
    higherIsBetter
    createdAt
    updatedAt
    archivedAt
    version
  }
`)

export const MetricsDocument = graphql(`
  query ExperimentMetrics(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: ExperimentMetricFilter
    $orderBy: ExperimentMetricOrder
  ) {
    experimentMetrics(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount @include(if: $count)
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      nodes {
        ...MetricFields
      }
    }
  }
`)

export const MetricDocument = graphql(`
  query ExperimentMetric($id: ID!) {
    node(id: $id) {
      id
      ... on ExperimentMetric {
        ...MetricFields
        experiments(first: 20) {
          nodes {
            id
            name
            status
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
`)

export const CreateMetricDocument = graphql(`
  mutation CreateExperimentMetric($input: CreateExperimentMetricInput!) {
    createExperimentMetric(input: $input) {
      ... on CreateExperimentMetricSuccess {
        data {
          ...MetricFields
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

export const UpdateMetricDocument = graphql(`
  mutation UpdateExperimentMetric($id: ID!, $input: UpdateExperimentMetricInput!, $expectedVersion: Int) {
    updateExperimentMetric(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdateExperimentMetricSuccess {
        data {
          ...MetricFields
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

export const ArchiveMetricDocument = graphql(`
  mutation ArchiveExperimentMetric($id: ID!) {
    archiveExperimentMetric(id: $id) {
      ... on ArchiveExperimentMetricSuccess {
        data {
          id
          archivedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RestoreMetricDocument = graphql(`
  mutation UnarchiveExperimentMetric($id: ID!) {
    unarchiveExperimentMetric(id: $id) {
      ... on UnarchiveExperimentMetricSuccess {
        data {
          id
          archivedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
