import { graphql } from '../graphql/index.ts'

/** What an experiment is: all that its form edits. */
graphql(`
  fragment ExperimentDesign on Experiment {
    id
    key
    name
    hypothesis
    kind
    status
    winner
    version
    phase
    createdAt
    startedAt
    completedAt
    startsAt
    stopsAt
    coverage
    condition
    sticky
    inBrowsers
    activeHours {
      timeZone
      from
      to
      weekdays
    }
    namespace {
      name
      from
      to
    }
    holdout {
      id
      name
    }
    forced {
      subject
      variant
    }
    rules {
      confidence
      minExposures
      minClicks
      minConversions
      minDays
      maxDays
      plannedSubjects
      cupedDays
      maxExpectedLoss
      correction
      autoApply
    }
    bandit {
      cadenceHours
      minSubjects
      maxStep
      floor
    }
    variants {
      id
      key
      name
      weight
      value
      floor
      ceiling
      retiredAt
    }
    goals {
      ...MetricOfExperiment
    }
    secondaryMetrics {
      ...MetricOfExperiment
    }
    guardrails {
      ...MetricOfExperiment
    }
  }

  fragment MetricOfExperiment on ExperimentMetric {
    id
    key
    name
    kind
    event
    currency
    higherIsBetter
    archivedAt
  }
`)

/** What its results say, as of now. */
graphql(`
  fragment ExperimentOutcome on Experiment {
    verdict {
      state
      variant
      reason
      reachedAt
      phase
      reasons {
        code
        text
        values
      }
    }
    results {
      exposures
      confidence
      plannedReached
      sampleRatio {
        pValue
        alarm
      }
      variants {
        exposures
        variant {
          id
        }
      }
      metrics {
        role
        metric {
          id
          name
          kind
          currency
          higherIsBetter
        }
        variants {
          exposures
          sum
          mean
          chanceToBeBest
          variant {
            id
            key
            name
            retiredAt
          }
          interval {
            lower
            upper
          }
          comparison {
            relativeLift
            chanceToWin
            expectedLoss
            significant
            better
            relativeInterval {
              lower
              upper
            }
            fixed {
              adjustedPValue
            }
            sequential {
              adjustedPValue
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
`)

export const ExperimentDocument = graphql(`
  query Experiment($id: ID!) {
    node(id: $id) {
      id
      ... on Experiment {
        ...ExperimentDesign
        ...ExperimentOutcome
      }
    }
  }
`)

export const ExperimentUpdatedDocument = graphql(`
  subscription ExperimentUpdated($id: ID!) {
    experimentUpdated(id: $id) {
      ...ExperimentDesign
      ...ExperimentOutcome
    }
  }
`)

/** A draft for the form: without results. */
export const ExperimentDesignDocument = graphql(`
  query ExperimentDesign($id: ID!) {
    node(id: $id) {
      id
      ... on Experiment {
        ...ExperimentDesign
      }
    }
  }
`)
