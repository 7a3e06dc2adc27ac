import { graphql } from '../graphql/index.ts'

export const CallsDocument = graphql(`
  query AiCalls(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AiCallFilter
    $orderBy: AiCallOrder
    $count: Boolean = false
  ) {
    aiCalls(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        purpose
        model
        status
        errorCode
        promptName
        inputTokens
        outputTokens
        costMicros
        latencyMs
        attempts
        cacheHit
        askedByName
        createdAt
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

export const CallDocument = graphql(`
  query AiCall($id: ID!) {
    aiCall(id: $id) {
      id
      purpose
      model
      endpoint
      status
      errorCode
      errorMessage
      promptName
      messages {
        role
        content
      }
      response
      parameters
      inputTokens
      cachedTokens
      outputTokens
      costMicros
      pricesAsOf
      latencyMs
      attempts
      cacheHit
      repaired
      redacted
      askedByName
      askedByType
      subjectType
      subjectId
      providerId
      idempotencyKey
      createdAt
      finishedAt
    }
  }
`)

export const SettleDocument = graphql(`
  mutation SettleAiCall($id: ID!, $input: SettleAiCallInput!) {
    settleAiCall(id: $id, input: $input) {
      ... on SettleAiCallSuccess {
        data {
          id
          status
          response
          costMicros
          inputTokens
          outputTokens
          errorCode
          errorMessage
          finishedAt
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

export const SpentDocument = graphql(`
  subscription AiSpent {
    aiSpentMicros
  }
`)
