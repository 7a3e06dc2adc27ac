import { graphql } from '../../graphql/index.ts'

export const ApiKeysDocument = graphql(`
  query ApiKeys(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: ApiKeyFilter
    $orderBy: ApiKeyOrder
    $count: Boolean = false
  ) {
    apiKeys(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        name
        start
        scopes
        status
        createdAt
        expiresAt
        lastUsedAt
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

export const ScopesDocument = graphql(`
  query Scopes {
    permissions {
      name
      description
      plugin
    }
    plugins {
      name
      title
    }
  }
`)

export const CreateApiKeyDocument = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      ... on CreateApiKeySuccess {
        data {
          key
          apiKey {
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

export const RevokeApiKeyDocument = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      ... on RevokeApiKeySuccess {
        data {
          id
          status
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
