import type { ApiExample } from '@espalier/core'

/** What an integration asks of the language models, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Spent this month, by purpose and model', fr: 'Dépensé ce mois-ci, par usage et modèle' },
    document: `# Amounts are in millionths of a US dollar.
query Spending {
  aiStatus { configured model breaker }
  aiSpending {
    month
    budgets { purpose spentMicros limitMicros calls }
    models { model calls inputTokens outputTokens costMicros }
  }
}`,
  },
  {
    title: { en: 'Calls that failed', fr: 'Appels qui ont échoué' },
    document: `query FailedCalls {
  aiCalls(filter: { status: [FAILED] }, first: 20) {
    nodes { createdAt purpose model attempts errorCode errorMessage }
    totalCount
  }
}`,
  },
]
