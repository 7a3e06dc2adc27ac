import type { ApiExample } from '@espalier/core'

/** What an integration asks of prompts, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Prompts and the variants in use', fr: 'Prompts et variantes en service' },
    document: `query Prompts {
  prompts(first: 20) {
    nodes {
      name
      description
      activeVariants { language version uses score }
    }
  }
}`,
  },
  {
    title: { en: 'The latest executions, with quality and cost', fr: 'Dernières exécutions, avec qualité et coût' },
    document: `query Executions {
  promptExecutions(first: 20) {
    nodes { executedAt variant { version prompt { name } } model quality costMicros responseTimeMs errorCode }
  }
}`,
  },
]
