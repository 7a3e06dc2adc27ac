import type { WorkspaceContext } from '@espalier/core'
import type { Experiment, Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import type { PageContent } from '../content.ts'
import type { RolloutSide } from '../rollout/guardrails.ts'
import { readArmVitals } from './analysis/armVitals.ts'
import { engagementScore } from './analysis/engagement.ts'
import type { Arm } from './arm.ts'

/** An arm with everything else that was measured of it. */
export interface MeasuredArm extends Arm {
  /** Of the experiment. */
  readonly experimentVariantId: string
  /** How large its share may become, in (0, 1]. */
  readonly ceiling: number
  /** In [0, 1], weighted by phase, with its 95 % interval; null before anybody saw it. */
  readonly rate: { readonly mean: number; readonly lower: number; readonly upper: number } | null
  /** Probability that it is the best of those that take part, in [0, 1]; null while nothing is known. */
  readonly chanceToBeBest: number | null
  /** From 0 to 100; null without a visit. */
  readonly engagement: number | null
  /** In [0, 1]; null without a visit. */
  readonly bounceRate: number | null
  /** As guardrails want it. */
  readonly side: RolloutSide
  /** As the page has it now: archived ones take part no more. */
  readonly isArchived: boolean
}

export interface ReadArmsParts {
  readonly experiments: Pick<Experiments, 'results'>
  readonly tracking: Pick<Tracking, 'totals' | 'timeZone'>
}

/** The variants of a page that its experiment knows, with how they did: the first is the original. */
export async function readArms(
  context: WorkspaceContext,
  { experiments, tracking }: ReadArmsParts,
  pageId: string,
  experiment: Experiment,
): Promise<MeasuredArm[]> {
  const goal = experiment.goals.find(({ role }) => role === 'goal')
  if (!goal) return []
  const [phases, results, variants] = await Promise.all([
    experiments.results.arms(context, experiment, goal.metric),
    experiments.results.of(context, experiment),
    context.db.prisma.pageVariant.findMany({ where: { pageId }, orderBy: { position: 'asc' } }),
  ])
  const byMetric = results.metrics.find(({ metric }) => metric.id === goal.metric.id)
  const now = context.clock.now().getTime()
  const shares = phases.at(-1)?.weights ?? {}
  const arms: MeasuredArm[] = []
  for (const known of experiment.variants) {
    const variant = variants.find(({ key }) => key === known.key)
    if (!variant) continue
    const own = phases.flatMap(({ phase, arms }) => {
      const arm = arms.find(({ variantId }) => variantId === known.id)
      return arm && arm.subjects > 0 ? [{ stratum: String(phase), visitors: arm.subjects, conversions: arm.sum }] : []
    })
    const visitors = own.reduce((sum, stratum) => sum + stratum.visitors, 0)
    const conversions = own.reduce((sum, stratum) => sum + stratum.conversions, 0)
    const result = byMetric?.variants.find((candidate) => candidate.variant.id === known.id)
    const seen = await tracking.totals(context, { pageId, value: ['variant', known.id] })
    const { sessions, bounces } = seen
    const vitals = await readArmVitals(context, experiment.id, known.id)
    const since = Math.max(variant.createdAt.getTime(), experiment.startedAt?.getTime() ?? now)
    arms.push({
      key: known.key,
      variantId: variant.id,
      experimentVariantId: known.id,
      content: (variant.published ?? variant.content) as unknown as PageContent,
      visitors,
      conversions,
      strata: own,
      share: known.retiredAt === null ? (shares[known.id] ?? 0) : 0,
      ageDays: (now - since) / 86_400_000,
      isControl: known.position === experiment.variants[0]?.position,
      isRetired: known.retiredAt !== null,
      isArchived: variant.status === 'archived',
      ceiling: known.ceiling,
      rate:
        result?.mean != null && result.interval
          ? { mean: result.mean, lower: Math.max(0, result.interval.lower), upper: Math.min(1, result.interval.upper) }
          : null,
      chanceToBeBest: result?.chanceToBeBest ?? null,
      engagement: engagementScore(seen),
      bounceRate: sessions > 0 ? bounces / sessions : null,
      side: { exposures: visitors, conversions, sessions, bounces, vitals },
    })
  }
  return arms
}
