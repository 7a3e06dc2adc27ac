import type { ApiExample } from '@espalier/core'

/** What an integration asks of operations, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Alert rules, and when they last opened', fr: 'Règles d’alerte, et leurs dernières alertes' },
    document: `query Rules {
  alertRules(first: 20) {
    nodes { name metric kind threshold active alerts(first: 3) { nodes { openedAt resolvedAt value expected } } }
  }
}`,
  },
  {
    title: { en: 'What a rule would have told', fr: 'Ce qu’une règle aurait signalé' },
    document: `query Preview($input: AlertRuleInput!) {
  previewAlertRule(input: $input) {
    judged
    count
    alerts { from until value expected score }
  }
}`,
    variables: {
      input: { name: 'No visitors', metric: 'tracking.visitors', kind: 'THRESHOLD', direction: 'BELOW', threshold: 1 },
    },
  },
  {
    title: { en: 'What all of it costs, day by day', fr: 'Ce que tout cela coûte, jour par jour' },
    document: `query Costs($from: Date!, $until: Date!) {
  costs(from: $from, until: $until) { totalMicros days { day kind purpose costMicros } }
}`,
    variables: { from: '2026-11-01', until: '2026-11-30' },
  },
]
