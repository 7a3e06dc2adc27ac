import { graphql } from '../graphql/index.ts'

/** What runs, with its verdict and its leader: one question for the widget and for the decisions. */
export const RunningDocument = graphql(`
  query RunningExperiments {
    experiments(first: 20, filter: { status: [RUNNING], kind: [TEST, BANDIT] }, orderBy: { field: STARTED_AT, direction: DESC }) {
      nodes {
        id
        name
        status
        verdict {
          state
          variant
          reason
          reachedAt
        }
        variants {
          id
          key
          name
        }
        results {
          exposures
          goal {
            metric {
              id
              name
              higherIsBetter
            }
            variants {
              variant {
                id
                name
                retiredAt
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
`)
