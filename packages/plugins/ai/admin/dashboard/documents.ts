import { graphql } from '../graphql/index.ts'

export const WidgetDocument = graphql(`
  query AiSpendWidget {
    aiSpending {
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
        costMicros
      }
    }
  }
`)

export const DecisionsDocument = graphql(`
  query AiDecisions {
    aiCalls(first: 5, filter: { status: [UNKNOWN] }) {
      nodes {
        id
        purpose
        costMicros
        createdAt
      }
      totalCount
    }
    aiSpending {
      month
      budgets {
        purpose
        limitMicros
        spentMicros
        warnedAt
        stoppedAt
      }
    }
    aiStatus {
      breaker
      configured
    }
  }
`)
