import type { Ai } from '@espalier/ai'
import type { MailService } from '@espalier/mail'
import type { Metric } from './metric.ts'

/** The share of messages that come back. */
export function mailMetric(costs: Pick<MailService['costs'], 'byHour'>): Metric {
  return {
    name: 'mail.bounceRate',
    label: { en: 'Mail that came back', fr: 'Courrier revenu' },
    unit: 'share',
    hours: async (context, { from, to }) =>
      (await costs.byHour(context, from, to)).map(({ at, sent, bounced }) => ({ at, amount: bounced, base: sent })),
  }
}

/** What calls of models cost. */
export function modelMetric(spending: Pick<Ai['spending'], 'byHour'>): Metric {
  return {
    name: 'ai.spend',
    label: { en: 'Cost of model calls', fr: 'Coût des appels de modèles' },
    unit: 'microDollars',
    hours: async (context, { from, to }) =>
      (await spending.byHour(context, from, to)).map(({ at, costMicros }) => ({ at, amount: costMicros })),
  }
}
