import { graphql } from '../graphql/index.ts'

export const PromptsDocument = graphql(`
  query Prompts(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: PromptFilter
    $orderBy: PromptOrder
    $count: Boolean = false
  ) {
    prompts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        name
        description
        builtIn
        updatedAt
        activeVariants {
          id
          version
          language
          score
          uses
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

export const CreatePromptDocument = graphql(`
  mutation CreatePrompt($input: CreatePromptInput!) {
    createPrompt(input: $input) {
      ... on CreatePromptSuccess {
        data {
          id
          name
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
