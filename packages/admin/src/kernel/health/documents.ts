import { graphql } from '../../graphql/index.ts'

export const HealthDocument = graphql(`
  query SystemHealth {
    systemHealth {
      state
      version
      startedAt
      at
      parts {
        key
        title
        state
        sentence
        figures {
          label
          value
          unit
        }
      }
    }
  }
`)
