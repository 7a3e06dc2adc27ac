import type { Ai } from '@espalier/ai'
import type { MailService } from '@espalier/mail'
import type { CostSource } from './costs.ts'

/** Calls of models, by what they were for. */
export function modelCosts(spending: Pick<Ai['spending'], 'byDay'>): CostSource {
  return {
    kind: 'models',
    byDay: async (context, from, to) =>
      (await spending.byDay(context, from, to)).map(({ day, purpose, calls, costMicros }) => ({
        day,
        purpose,
        count: calls,
        costMicros,
      })),
  }
}

/** Messages that were sent. */
export function mailCosts(costs: Pick<MailService['costs'], 'byDay'>): CostSource {
  return {
    kind: 'mail',
    byDay: async (context, from, to) =>
      (await costs.byDay(context, from, to))
        .filter(({ sent, costMicros }) => sent > 0 || costMicros > 0)
        .map(({ day, sent, costMicros }) => ({ day, purpose: '', count: sent, costMicros })),
  }
}
