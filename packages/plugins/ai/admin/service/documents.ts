import { graphql } from '../graphql/index.ts'

export const ServiceDocument = graphql(`
  query AiService {
    aiStatus {
      configured
      baseUrl
      hasKey
      setAt
      model
      breaker
      pricesAsOf
    }
    aiPrices {
      model
      inputMicros
      cachedInputMicros
      outputMicros
      asOf
    }
  }
`)

/** Whoever may read settings: administrators. */
export const SettingsDocument = graphql(`
  query AiSettings {
    plugins {
      name
      settings
      settingsVersion
    }
  }
`)

export const SetServiceDocument = graphql(`
  mutation SetAiService($input: SetAiKeyInput!) {
    setAiKey(input: $input) {
      ... on SetAiKeySuccess {
        data {
          configured
          baseUrl
          hasKey
          setAt
          model
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

export const RemoveServiceDocument = graphql(`
  mutation RemoveAiService {
    removeAiKey {
      ... on RemoveAiKeySuccess {
        data {
          configured
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const TryServiceDocument = graphql(`
  mutation TryAiService {
    tryAi {
      ... on TryAiSuccess {
        data {
          ok
          text
          errorMessage
          call {
            id
          }
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const SaveSettingsDocument = graphql(`
  mutation SaveAiSettings($value: JSON!, $expectedVersion: Int) {
    updatePluginSettings(plugin: "ai", value: $value, expectedVersion: $expectedVersion) {
      ... on UpdatePluginSettingsSuccess {
        data {
          name
          settings
          settingsVersion
        }
      }
      ... on Error {
        code
        message
      }
      ... on ConflictError {
        saved {
          by
          at
          version
        }
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
