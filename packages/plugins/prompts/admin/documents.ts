import { graphql } from './graphql/index.ts'

export const PromptDocument = graphql(`
  query Prompt($name: String!) {
    prompt(name: $name) {
      id
      name
      description
      builtIn
      version
      updatedAt
      variables {
        name
        type
        description
        required
        example
      }
      activeVariants {
        id
        version
        language
      }
      variants(first: 100) {
        nodes {
          id
          version
          language
          status
          score
          scoredExecutions
          uses
          note
          system
          template
          parameters {
            model
            temperature
            topP
            maxOutputTokens
          }
          createdByName
          createdByType
          createdAt
          activatedAt
          parents {
            id
            kind
            improvement
            parent {
              id
              version
            }
          }
        }
      }
    }
  }
`)

/** Somebody or something changed a prompt or its versions. */
export const PromptChangesDocument = graphql(`
  subscription PromptChanges {
    changes(types: ["Prompt", "PromptVariant", "PromptTest", "PromptCase"]) {
      everything
    }
  }
`)

export const ActivateDocument = graphql(`
  mutation ActivatePromptVariant($id: ID!) {
    activatePromptVariant(id: $id) {
      ... on ActivatePromptVariantSuccess {
        data {
          id
          version
          status
          activatedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const RetireDocument = graphql(`
  mutation RetirePromptVariant($id: ID!) {
    retirePromptVariant(id: $id) {
      ... on RetirePromptVariantSuccess {
        data {
          id
          version
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

export const RollBackDocument = graphql(`
  mutation RollBackPrompt($id: ID!, $language: PromptLanguage!) {
    rollBackPrompt(id: $id, language: $language) {
      ... on RollBackPromptSuccess {
        data {
          id
          version
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

export const AddVariantDocument = graphql(`
  mutation AddPromptVariant($promptId: ID!, $input: AddPromptVariantInput!) {
    addPromptVariant(promptId: $promptId, input: $input) {
      ... on AddPromptVariantSuccess {
        data {
          id
          version
          language
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

export const UpdatePromptDocument = graphql(`
  mutation UpdatePrompt($id: ID!, $input: UpdatePromptInput!, $expectedVersion: Int) {
    updatePrompt(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdatePromptSuccess {
        data {
          id
          description
          version
          updatedAt
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

export const PreviewDocument = graphql(`
  query PromptPreview($variantId: ID!, $variables: JSON) {
    promptPreview(variantId: $variantId, variables: $variables) {
      messages {
        role
        content
      }
      characters
      estimatedTokens
    }
  }
`)

/** What a call would cost: of the plugin for models, which this one requires, for whoever may see it. */
export const PricesDocument = graphql(`
  query PromptPrices {
    aiStatus {
      configured
      model
    }
    aiPrices {
      model
      inputMicros
      outputMicros
    }
  }
`)

export const TryDocument = graphql(`
  mutation TryPromptVariant($variantId: ID!, $variables: JSON!) {
    tryPromptVariant(variantId: $variantId, variables: $variables) {
      ... on TryPromptVariantSuccess {
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

/** With what was said, for whoever may read it. */
export const ExecutionDocument = graphql(`
  query PromptExecution($id: ID!, $said: Boolean!) {
    node(id: $id) {
      ... on PromptExecution {
        id
        environment
        language
        fallback
        model
        quality
        accuracy
        consistency
        completeness
        rating
        responseTimeMs
        inputTokens
        outputTokens
        costMicros
        cacheHit
        errorCode
        errorMessage @include(if: $said)
        callId
        variables @include(if: $said)
        text @include(if: $said)
        erasedAt
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
        scores(first: 50) {
          nodes {
            id
            source
            by
            metric
            value
            note @include(if: $said)
            createdAt
          }
        }
      }
    }
  }
`)
