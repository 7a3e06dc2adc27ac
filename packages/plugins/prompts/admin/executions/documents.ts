import { graphql } from '../graphql/index.ts'

export const ExecutionsDocument = graphql(`
  query PromptExecutions(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: PromptExecutionFilter
    $orderBy: PromptExecutionOrder
    $count: Boolean = false
  ) {
    promptExecutions(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        environment
        language
        model
        quality
        rating
        responseTimeMs
        inputTokens
        outputTokens
        costMicros
        cacheHit
        errorCode
        executedAt
        finishedAt
        variant {
          id
          version
          language
          prompt {
            id
            name
          }
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

export const RateDocument = graphql(`
  mutation RatePromptExecution($id: ID!, $rating: Int!, $note: String) {
    ratePromptExecution(id: $id, rating: $rating, note: $note) {
      ... on RatePromptExecutionSuccess {
        data {
          id
          rating
          quality
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
