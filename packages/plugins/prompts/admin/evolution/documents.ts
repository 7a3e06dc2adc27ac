import { graphql } from '../graphql/index.ts'

export const EvolutionsDocument = graphql(`
  query PromptEvolutions($name: String!) {
    prompt(name: $name) {
      id
      evolutions(first: 30) {
        nodes {
          id
          language
          status
          generation
          generations
          goals
          budgetMicros
          spentMicros
          failure
          createdAt
          endedAt
          outcome {
            verdict
            summary
            originScore
            bestScore
          }
        }
      }
    }
  }
`)

export const EvolutionDocument = graphql(`
  query PromptEvolution($id: ID!) {
    node(id: $id) {
      ... on PromptEvolution {
        id
        language
        status
        generation
        generations
        goals
        budgetMicros
        spentMicros
        failure
        createdAt
        endedAt
        prompt {
          id
          name
        }
        candidates {
          number
          kind
          generation
          parents
          system
          template
          diagnosis
          score
          onFront
          refusal
        }
        outcome {
          verdict
          summary
          originScore
          bestScore
          difference
          cases
          better
          worse
          pValue
          variants {
            id
            version
            language
            status
          }
        }
      }
    }
  }
`)

export const EvolutionLiveDocument = graphql(`
  subscription PromptEvolutionLive($id: ID!) {
    promptEvolutionUpdated(id: $id) {
      id
      status
      generation
      spentMicros
      failure
      endedAt
      candidates {
        number
        kind
        generation
        parents
        system
        template
        diagnosis
        score
        onFront
        refusal
      }
      outcome {
        verdict
        summary
        originScore
        bestScore
        difference
        cases
        better
        worse
        pValue
        variants {
          id
          version
          language
          status
        }
      }
    }
  }
`)

export const EvolveDocument = graphql(`
  mutation EvolvePrompt($promptId: ID!, $input: EvolvePromptInput!) {
    evolvePrompt(promptId: $promptId, input: $input) {
      ... on EvolvePromptSuccess {
        data {
          id
          status
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

export const StopDocument = graphql(`
  mutation StopPromptEvolution($id: ID!) {
    stopPromptEvolution(id: $id) {
      ... on StopPromptEvolutionSuccess {
        data {
          id
          status
          failure
          endedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
