import { graphql } from '../graphql/index.ts'

export const SpendingDocument = graphql(`
  query AiSpending($month: String) {
    aiSpending(month: $month) {
      month
      budgets {
        purpose
        limitMicros
        spentMicros
        reservedMicros
        calls
        warnedAt
        stoppedAt
      }
      days {
        day
        purpose
        calls
        cacheHits
        costMicros
      }
      models {
        day
        model
        calls
        costMicros
      }
    }
  }
`)

/** Of the plugin for operations: asked only where it runs. */
export const CostsDocument = graphql(`
  query Costs($from: Date!, $to: Date!) {
    costs(from: $from, until: $to) {
      totalMicros
      days {
        day
        kind
        costMicros
        count
      }
    }
  }
`)
