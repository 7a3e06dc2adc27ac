import { graphql } from '../graphql/index.ts'

export const MailSettingsDocument = graphql(`
  query MailSettings {
    plugins {
      name
      settings
      settingsVersion
    }
  }
`)

export const SaveMailSettingsDocument = graphql(`
  mutation SaveMailSettings($value: JSON!, $expectedVersion: Int) {
    updatePluginSettings(plugin: "mail", value: $value, expectedVersion: $expectedVersion) {
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

export const SetMailSecretDocument = graphql(`
  mutation SetMailSecret($name: MailSecretName!, $secret: String) {
    setMailSecret(name: $name, secret: $secret) {
      ... on SetMailSecretSuccess {
        data {
          transport
          problem
          secrets {
            name
            updatedAt
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
