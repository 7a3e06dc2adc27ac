import { graphql } from '../../graphql/index.ts'

export const ApiKeyDocument = graphql(`
  query ApiKey($id: ID!, $days: Int!) {
    apiKey(id: $id) {
      id
      name
      start
      scopes
      status
      documentsOnly
      createdAt
      expiresAt
      lastUsedAt
      usage(days: $days) {
        byDay {
          day
          calls
          errors
          cost
        }
        operations(first: 10) {
          name
          schema
          documentHash
          calls
          errors
          cost
          averageMs
          lastAt
        }
        errors {
          code
          times
          lastAt
        }
      }
      deprecatedUses {
        coordinate
        schema
        uses
        lastAt
        operationName
      }
    }
  }
`)

export const ApiOperationsDocument = graphql(`
  query ApiOperations(
    $id: ID!
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: ApiOperationFilter
    $count: Boolean = false
  ) {
    apiKey(id: $id) {
      id
      operations(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
        nodes {
          id
          at
          schema
          transport
          kind
          name
          documentHash
          cost
          durationMs
          outcome
          times
          traceId
          clientName
          clientVersion
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
`)

export const LimitApiKeyDocument = graphql(`
  mutation LimitApiKey($id: ID!, $documentsOnly: Boolean!) {
    limitApiKey(id: $id, documentsOnly: $documentsOnly) {
      ... on LimitApiKeySuccess {
        data {
          id
          documentsOnly
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
