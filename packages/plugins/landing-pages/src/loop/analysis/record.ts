import { happening } from '../announce.ts'
import { conversionRecord } from '../events.ts'
import type { MeasuredArm } from '../readArms.ts'
import { percent, said } from '../said.ts'
import type { Outcome, Turn } from '../turn.ts'

/** The best that a page has done so far. Rates in [0, 1]. */
export interface ConversionRecord {
  readonly variantKey: string
  readonly rate: number
  readonly lower: number
  readonly upper: number
  readonly at: string
}

/** Fewer visitors set no record. */
const minVisitors = 300

/**
 * Whether a variant converts better than the page ever has: the lower end of its interval above the best rate so far. The first
 * figures are what records are measured by, and none themselves.
 */
export function recordStep({ loop, page, run, context }: Turn, arms: readonly MeasuredArm[]): Outcome {
  const before = loop.record as ConversionRecord | null
  const best = arms
    .filter(({ isRetired, visitors, rate }) => !isRetired && rate !== null && visitors >= minVisitors)
    .map(({ key, rate }) => ({ key, mean: rate?.mean ?? 0, lower: rate?.lower ?? 0, upper: rate?.upper ?? 0 }))
    .sort((a, b) => b.lower - a.lower)[0]
  const isNew = best !== undefined && (before === null || best.lower > before.rate)
  if (!isNew) return { next: 'outcomes' }
  const { key: variantKey, mean: rate, lower, upper } = best
  const record: ConversionRecord = { variantKey, rate, lower, upper, at: context.clock.now().toISOString() }
  return {
    next: 'outcomes',
    write: async ({ tx, note }) => {
      await tx.db.prisma.pageLoop.updateMany({ where: { pageId: page.id }, data: { record: { ...record } } })
      if (before === null) return
      const [now, old, from, to] = [percent(rate), percent(before.rate), percent(lower), percent(upper)]
      const summary = said(
        `“${variantKey}” sets a record: it converts ${now.en} of its visitors (${from.en} to ${to.en}); the best so far was ${old.en}.`,
        `« ${variantKey} » établit un record : elle convertit ${now.fr} de ses visiteurs (de ${from.fr} à ${to.fr}) ; le meilleur taux était de ${old.fr}.`,
      )
      await note({ kind: 'record', variantKey, summary, evidence: { before, now: record } })
      await tx.publish(conversionRecord, {
        ...happening(page, run, summary),
        variantKey,
        conversionRate: rate,
        lower,
        upper,
      })
    },
  }
}
