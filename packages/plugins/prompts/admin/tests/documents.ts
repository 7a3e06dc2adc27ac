import { graphql } from '../graphql/index.ts'

export const TestsDocument = graphql(`
  query PromptTests($name: String!) {
    prompt(name: $name) {
      id
      tests(first: 20) {
        nodes {
          id
          name
          language
          status
          reason
          controlShare
          minSampleSize
          maxDays
          significanceLevel
          oneLook
          pValue
          createdAt
          startedAt
          endedAt
          control {
            id
            version
          }
          treatment {
            id
            version
          }
          winner {
            id
            version
          }
          controlMetrics {
            executions
            scored
            quality
            rating
            errorRate
            responseTimeMs
            tokens
            costMicros
          }
          treatmentMetrics {
            executions
            scored
            quality
            rating
            errorRate
            responseTimeMs
            tokens
            costMicros
          }
          experiment {
            id
            results {
              goal {
                metric {
                  id
                  name
                }
                variants {
                  variant {
                    id
                    key
                    name
                  }
                  comparison {
                    relativeLift
                    chanceToWin
                    sequential {
                      relativeInterval {
                        lower
                        upper
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`)

export const CreateTestDocument = graphql(`
  mutation CreatePromptTest($input: CreatePromptTestInput!) {
    createPromptTest(input: $input) {
      ... on CreatePromptTestSuccess {
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

export const StartTestDocument = graphql(`
  mutation StartPromptTest($id: ID!) {
    startPromptTest(id: $id) {
      ... on StartPromptTestSuccess {
        data {
          id
          status
          startedAt
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const CancelTestDocument = graphql(`
  mutation CancelPromptTest($id: ID!) {
    cancelPromptTest(id: $id) {
      ... on CancelPromptTestSuccess {
        data {
          id
          status
          endedAt
          reason
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)
