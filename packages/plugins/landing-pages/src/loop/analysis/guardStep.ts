import { sql, type Told } from '@espalier/core'
import type { Experiment } from '@espalier/experiments'
import { controlFloor, type GuardDay, guardDays, guardOf } from '../brain/index.ts'
import type { MeasuredArm } from '../readArms.ts'
import { percent, said } from '../said.ts'
import type { Outcome, Turn } from '../turn.ts'
import type { AnalysisParts } from './analysisSteps.ts'

/** How the original's share was raised last: what it was before anybody doubted, and what it is since. */
interface Raised {
  readonly usual: number
  readonly to: number
}

/**
 * The original keeps more of the traffic while the others probably do worse than it lately, and less again when they do not. It happens
 * at once, also in the mode "approve": every hour costs conversions.
 */
export async function guardStep(
  turn: Turn,
  arms: readonly MeasuredArm[],
  experiment: Experiment,
  parts: AnalysisParts,
): Promise<Outcome> {
  const { context, loop, page } = turn
  const control = arms.find(({ isControl }) => isControl)
  const from = experiment.variants[0]?.floor
  if (!control || from === undefined) return { next: 'ramp' }
  const days = await readDays(turn, arms, experiment, parts)
  const { floor, chanceOriginalIsBetter } = guardOf(days)
  const [last] = await context.db.query<{ evidence: Raised }>(sql`
    select "evidence" from "PageLoopStep"
    where "pageId" = ${page.id} and "kind" = 'brake' and "evidence" @> '{"guard": true}'::jsonb
    order by "at" desc, "id" desc limit 1`)
  // What a person has set meanwhile is theirs: it may be raised, and comes back.
  const usual = last && same(last.evidence.to, from) ? last.evidence.usual : from
  const to = Math.max(usual, floor > controlFloor ? floor : 0)
  if (same(to, from)) return { next: 'ramp' }
  return {
    next: 'ramp',
    write: async ({ tx, note }) => {
      await parts.changes.setFloorOfOriginal(tx, loop, to)
      await note({
        kind: 'brake',
        variantKey: control.key,
        summary: guardSummary({ from, to, chanceOriginalIsBetter }),
        evidence: { guard: true, usual, from, to, chanceOriginalIsBetter, days },
      })
    },
  }
}

/** What the latest days counted: of the original, held back or not, and of the variants beside it that have come in. */
async function readDays(
  { context, loop }: Turn,
  arms: readonly MeasuredArm[],
  experiment: Experiment,
  { experiments, tracking }: AnalysisParts,
): Promise<GuardDay[]> {
  const span = { days: guardDays, timeZone: await tracking.timeZone(context) }
  const read = async (of: Experiment | undefined) => {
    const goal = of?.goals.find(({ role }) => role === 'goal')
    return of && goal ? experiments.results.latestDays(context, of, goal.metric, span) : []
  }
  const holdout = loop.holdoutId === null ? undefined : await experiments.get(context, loop.holdoutId)
  const heldBack = holdout?.variants[1]?.id
  const isOther = new Set(
    arms.flatMap((arm) => (arm.isControl || arm.isRetired || arm.ceiling < 1 ? [] : [arm.experimentVariantId])),
  )
  const original = experiment.variants[0]?.id
  const counted = [...(await read(experiment)), ...(await read(holdout))]
  return [...Map.groupBy(counted, ({ daysAgo }) => daysAgo)].map(([daysAgo, rows]) => {
    const side = (takes: (id: string) => boolean) => {
      const own = rows.filter(({ variantId }) => takes(variantId))
      return {
        visitors: own.reduce((sum, { subjects }) => sum + subjects, 0),
        conversions: own.reduce((sum, row) => sum + row.sum, 0),
      }
    }
    return {
      daysAgo,
      original: side((id) => id === original || id === heldBack),
      others: side((id) => isOther.has(id)),
    }
  })
}

function guardSummary({
  from,
  to,
  chanceOriginalIsBetter,
}: {
  from: number
  to: number
  chanceOriginalIsBetter: number
}): Told {
  const [old, now, chance] = [percent(from), percent(to), percent(chanceOriginalIsBetter)]
  if (to < from)
    return said(
      `The original keeps ${now.en} of the traffic at least, instead of ${old.en}: the chance that it did better lately than the other variants is down to ${chance.en}.`,
      `L’original garde au moins ${now.fr} du trafic, au lieu de ${old.fr} : la probabilité qu’il ait fait mieux ces derniers temps que les autres variantes n’est plus que de ${chance.fr}.`,
    )
  return said(
    `The original keeps ${now.en} of the traffic at least, instead of ${old.en}: it did better lately than the other variants with a chance of ${chance.en}.`,
    `L’original garde au moins ${now.fr} du trafic, au lieu de ${old.fr} : il a fait mieux ces derniers temps que les autres variantes avec une probabilité de ${chance.fr}.`,
  )
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9
}
