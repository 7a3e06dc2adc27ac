import { graphql } from '../graphql/index.ts'

/** What cases are given may be about persons: asked only by whoever may read it. */
export const CasesDocument = graphql(`
  query PromptCases($name: String!, $after: String, $given: Boolean!) {
    prompt(name: $name) {
      id
      cases(first: 50, after: $after) {
        nodes {
          id
          language
          heldBack
          expectation
          variables @include(if: $given)
          createdAt
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  }
`)

export const AddCaseDocument = graphql(`
  mutation AddPromptCase($promptId: ID!, $input: AddPromptCaseInput!) {
    addPromptCase(promptId: $promptId, input: $input) {
      ... on AddPromptCaseSuccess {
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

export const AddCaseFromExecutionDocument = graphql(`
  mutation AddPromptCaseFromExecution($executionId: ID!, $expectation: JSON!, $heldBack: Boolean!) {
    addPromptCaseFromExecution(executionId: $executionId, expectation: $expectation, heldBack: $heldBack) {
      ... on AddPromptCaseFromExecutionSuccess {
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

export const DeleteCaseDocument = graphql(`
  mutation DeletePromptCase($id: ID!) {
    deletePromptCase(id: $id) {
      ... on DeletePromptCaseSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
