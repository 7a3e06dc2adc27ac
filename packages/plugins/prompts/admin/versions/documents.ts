import { graphql } from '../graphql/index.ts'

export const DeriveDocument = graphql(`
  mutation DerivePromptVariant($input: DerivePromptVariantInput!) {
    derivePromptVariant(input: $input) {
      ... on DerivePromptVariantSuccess {
        data {
          variantId
          jobId
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

export const DerivationDocument = graphql(`
  query PromptDerivation($id: ID!) {
    promptDerivation(variantId: $id) {
      variantId
      state
      refusal
    }
  }
`)

/** It is made by a job: that begins, and ends with a draft or without one. */
export const DerivationChangesDocument = graphql(`
  subscription PromptDerivationChanges {
    changes(types: ["Job", "PromptVariant"]) {
      everything
    }
  }
`)
