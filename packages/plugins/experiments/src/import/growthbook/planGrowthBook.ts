import type { ImportItem } from '../importItem.ts'
import { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'
import { experimentItem, unreadable } from './experiments.ts'
import { readExport } from './export.ts'
import { factMetricItems } from './factMetrics.ts'
import { featureItem, payloadItem, referencesOf } from './features.ts'
import { metricItems } from './metrics.ts'

export interface GrowthBookOptions {
  /** Whose rules of flags count. */
  readonly environment: string
  /** The event that decides where no metric can be carried over. */
  readonly goal: string
}

/**
 * What becomes of everything in a file of GrowthBook, in the order in which it is made: metrics, experiments, flags. It
 * asks nobody and makes nothing, so that it can be looked at first.
 *
 * @throws InvalidInputError when the file holds nothing that is known
 */
export function planGrowthBook(file: unknown, { environment, goal }: GrowthBookOptions): ImportItem[] {
  const found = readExport(file)
  const metricKeys = new FreeKeys()
  const metrics = withParts([
    ...found.metrics.flatMap((metric) => metricItems(metric, metricKeys)),
    ...found.factMetrics.flatMap((metric) => factMetricItems(metric, found.factTables, metricKeys)),
  ])
  const keys = new FreeKeys()
  const surroundings = { groups: found.savedGroups, keys, fallbackGoal: goal }
  const references = referencesOf(found.features, environment)
  const planned = new Set(metrics.filter(({ outcome }) => outcome === 'planned').map(({ sourceId }) => sourceId))
  const experiments = found.experiments.map((experiment) =>
    experimentItem(experiment, { ...surroundings, references, metrics: planned }),
  )
  const forFlags = {
    ...surroundings,
    environment,
    experiments: new Map(experiments.map((item) => [item.sourceId, item])),
  }
  return [
    ...metrics,
    ...experiments,
    ...found.features.map((feature) => featureItem(feature, forFlags)),
    ...[...found.payload].map(([key, feature]) => payloadItem(key, feature, forFlags)),
    ...found.automatic.map((given) => ({ ...unreadable('experiment', given, []), notes: [notes.visual()] })),
  ]
}

/** Ratios whose parts are not made cannot be made either; those that can come after their parts. */
function withParts(metrics: readonly ImportItem[]): ImportItem[] {
  const planned = new Set(metrics.filter(isPlain).map(({ sourceId }) => sourceId))
  const ratios = metrics.filter((item) => !isPlain(item))
  return [
    ...metrics.filter(isPlain),
    ...ratios.map((item): ImportItem => {
      const parts = item.plan?.makes === 'metric' ? item.plan.parts : undefined
      const missing = parts && [parts.numerator, parts.denominator].find((id) => !planned.has(id))
      if (missing === undefined) return item
      return { ...item, key: null, outcome: 'impossible', notes: [notes.part(missing)], plan: null }
    }),
  ]

  function isPlain({ plan }: ImportItem): boolean {
    return plan?.makes === 'metric' && plan.parts === undefined
  }
}
