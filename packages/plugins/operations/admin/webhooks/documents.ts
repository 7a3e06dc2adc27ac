import { graphql } from '../graphql/index.ts'

export const EndpointsDocument = graphql(`
  query WebhookEndpoints(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: WebhookEndpointFilter
    $count: Boolean = false
  ) {
    webhookEndpoints(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes {
        id
        url
        description
        eventTypes
        active
        disabledReason
        failingSince
        createdAt
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

export const EndpointDocument = graphql(`
  query WebhookEndpoint($id: ID!) {
    node(id: $id) {
      ... on WebhookEndpoint {
        id
        url
        description
        eventTypes
        ordered
        active
        disabledReason
        failingSince
        previousSecretUntil
        createdAt
        version
        redelivery {
          startedAt
          total
          waiting
          delivered
          failed
        }
      }
    }
    webhookEventTypes {
      type
      group
      groupTitle
      description
      frequent
      ordered
      example
    }
  }
`)

export const EventTypesDocument = graphql(`
  query WebhookEventTypes {
    webhookEventTypes {
      type
      group
      groupTitle
      description
      frequent
      ordered
      example
    }
  }
`)

export const DeliveryDocument = graphql(`
  query WebhookDelivery($id: ID!) {
    node(id: $id) {
      ... on WebhookDelivery {
        id
        eventType
        body
        createdAt
        log(first: 50, orderBy: { field: NUMBER, direction: DESC }) {
          nodes {
            id
            number
            at
            durationMs
            responseStatus
            responseBody
            error
          }
        }
      }
    }
  }
`)

export const RedeliverDocument = graphql(`
  mutation RedeliverWebhooks($id: ID!, $since: DateTime!) {
    redeliverWebhooks(id: $id, since: $since) {
      ... on RedeliverWebhooksSuccess {
        data {
          id
          redelivery {
            startedAt
            total
            waiting
            delivered
            failed
          }
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const DeliveriesDocument = graphql(`
  query WebhookDeliveries(
    $endpoint: ID!
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: WebhookDeliveryFilter
    $count: Boolean = false
  ) {
    node(id: $endpoint) {
      ... on WebhookEndpoint {
        id
        deliveries(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
          nodes {
            id
            eventType
            test
            status
            attempts
            responseStatus
            error
            createdAt
            lastAttemptAt
            nextAt
            deliveredAt
            notification {
              id
              title
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
    }
  }
`)

export const CreateEndpointDocument = graphql(`
  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      ... on CreateWebhookEndpointSuccess {
        data {
          secret
          endpoint {
            id
          }
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

export const UpdateEndpointDocument = graphql(`
  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!, $expectedVersion: Int) {
    updateWebhookEndpoint(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdateWebhookEndpointSuccess {
        data {
          id
          url
          description
          eventTypes
          ordered
          active
          disabledReason
          failingSince
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

export const DeleteEndpointDocument = graphql(`
  mutation DeleteWebhookEndpoint($id: ID!) {
    deleteWebhookEndpoint(id: $id) {
      ... on DeleteWebhookEndpointSuccess {
        __typename
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RotateSecretDocument = graphql(`
  mutation RotateWebhookSecret($id: ID!) {
    rotateWebhookSecret(id: $id) {
      ... on RotateWebhookSecretSuccess {
        data {
          secret
          endpoint {
            id
            previousSecretUntil
          }
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const TestEndpointDocument = graphql(`
  mutation TestWebhookEndpoint($id: ID!, $eventType: String) {
    testWebhookEndpoint(id: $id, eventType: $eventType) {
      ... on TestWebhookEndpointSuccess {
        __typename
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RetryDeliveryDocument = graphql(`
  mutation RetryWebhookDelivery($id: ID!) {
    retryWebhookDelivery(id: $id) {
      ... on RetryWebhookDeliverySuccess {
        __typename
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
