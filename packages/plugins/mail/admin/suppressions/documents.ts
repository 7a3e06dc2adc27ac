import { graphql } from '../graphql/index.ts'

export const SuppressionsDocument = graphql(`
  query MailSuppressions(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: MailSuppressionFilter
    $orderBy: MailSuppressionOrder
    $count: Boolean = false
  ) {
    mailSuppressions(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        address
        topic
        reason
        until
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

export const SuppressDocument = graphql(`
  mutation SuppressAddress($input: SuppressAddressInput!) {
    suppressAddress(input: $input) {
      ... on SuppressAddressSuccess {
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

export const UnsuppressDocument = graphql(`
  mutation UnsuppressAddress($input: UnsuppressAddressInput!) {
    unsuppressAddress(input: $input) {
      ... on UnsuppressAddressSuccess {
        data {
          suppressionId
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

export const ImportDocument = graphql(`
  mutation ImportSuppressions($input: ImportSuppressionsInput!) {
    importSuppressions(input: $input) {
      ... on ImportSuppressionsSuccess {
        data {
          added
          known
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
