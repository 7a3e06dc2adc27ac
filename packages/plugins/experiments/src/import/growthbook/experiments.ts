import { issueTold, type Told } from '@espalier/core'
import { z } from 'zod'
import { maxVariants, share } from '../../experimentInput.ts'
import type { JsonValue } from '../../json.ts'
import type { MetricRole } from '../../metrics/metric.ts'
import type { ImportItem } from '../importItem.ts'
import type { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'
import { type Divided, itemOf } from './divided.ts'
import { isObject } from './export.ts'
import type { Reference } from './features.ts'
import { type Groups, targetingOf } from './targeting.ts'

const metrics = z
  .array(z.looseObject({ metricId: z.string() }))
  .nullish()
  .transform((list) => list ?? [])

/** An experiment as the REST API answers it: only what something is made of. */
const restExperiment = z.looseObject({
  id: z.string(),
  trackingKey: z.string().nullish(),
  name: z.string(),
  type: z.string().nullish(),
  hypothesis: z.string().nullish(),
  description: z.string().nullish(),
  hashAttribute: z.string().nullish(),
  fallbackAttribute: z.string().nullish(),
  hashVersion: z.number().nullish(),
  disableStickyBucketing: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  status: z.string(),
  variations: z.array(
    z.looseObject({ variationId: z.string().nullish(), key: z.string().nullish(), name: z.string().nullish() }),
  ),
  phases: z.array(
    z.looseObject({
      dateStarted: z.string().nullish(),
      dateEnded: z.string().nullish(),
      seed: z.string().nullish(),
      coverage: share.nullish(),
      trafficSplit: z.array(z.looseObject({ variationId: z.string(), weight: share })).nullish(),
      namespace: z.looseObject({ namespaceId: z.string(), range: z.array(z.number()).length(2) }).nullish(),
      targetingCondition: z.string().nullish(),
      prerequisites: z.array(z.unknown()).nullish(),
      savedGroupTargeting: z
        .array(z.looseObject({ matchType: z.string(), savedGroups: z.array(z.string()) }))
        .nullish(),
    }),
  ),
  settings: z
    .looseObject({
      goals: metrics,
      secondaryMetrics: metrics,
      guardrails: metrics,
      activationMetric: z.looseObject({ metricId: z.string() }).nullish(),
      segmentId: z.string().nullish(),
      queryFilter: z.string().nullish(),
    })
    .nullish(),
  resultSummary: z
    .looseObject({
      status: z.string().nullish(),
      winner: z.string().nullish(),
      conclusions: z.string().nullish(),
      releasedVariationId: z.string().nullish(),
      excludeFromPayload: z.boolean().nullish(),
    })
    .nullish(),
  hasVisualChangesets: z.boolean().nullish(),
  hasURLRedirects: z.boolean().nullish(),
})

type RestExperiment = z.output<typeof restExperiment>

export interface ExperimentSurroundings {
  readonly groups: Groups
  /** Flags that are decided by an experiment, by its id. */
  readonly references: ReadonlyMap<string, readonly Reference[]>
  /** Metrics that can be carried over, by their ids there. */
  readonly metrics: ReadonlySet<string>
  readonly keys: FreeKeys
  readonly fallbackGoal: string
}

/** What becomes of an experiment of the REST API. */
export function experimentItem(given: unknown, surroundings: ExperimentSurroundings): ImportItem {
  const parsed = restExperiment.safeParse(given)
  if (!parsed.success) return unreadable('experiment', given, parsed.error.issues)
  // Before the values of all of them are put together.
  if (parsed.data.variations.length > maxVariants)
    return { ...unreadable('experiment', given, []), notes: [notes.variants(parsed.data.variations.length)] }
  return itemOf(dividedOf(parsed.data, surroundings), surroundings.fallbackGoal)
}

/** Something that is not as GrowthBook describes it. */
export function unreadable(kind: ImportItem['kind'], given: unknown, issues: readonly z.core.$ZodIssue[]): ImportItem {
  const { id, key, name } = isObject(given) ? given : {}
  const sourceId = String(id ?? key ?? '?').slice(0, 200)
  return {
    ...{ kind, sourceId, name: String(name ?? sourceId).slice(0, 120), key: null, outcome: 'impossible' },
    ...{ keepsAssignment: null, plan: null },
    notes: issues.slice(0, 5).map((issue) => notes.unreadable(issue.path.join('.'), issueTold(issue, given))),
  }
}

function dividedOf(experiment: RestExperiment, surroundings: ExperimentSurroundings): Divided {
  const { id, name, variations, phases, settings } = experiment
  const references = surroundings.references.get(id) ?? []
  const trackingKey = experiment.trackingKey || id
  const asked = references.length === 1 ? (references[0] as Reference).flag : trackingKey
  const key = surroundings.keys.take(asked, id)
  const phase = phases.at(-1)
  const keys = variations.map((variation, index) => variation.key || String(index))
  const split = new Map(phase?.trafficSplit?.map(({ variationId, weight }) => [variationId, weight]))
  const idOf = (index: number) => variations[index]?.variationId ?? String(index)
  const values = valuesOf(
    variations.map((_, index) => idOf(index)),
    references,
  )
  const goals = goalsOf(settings, surroundings.metrics)
  return {
    ...{ kind: 'experiment', sourceId: id, key, name },
    hypothesis: [experiment.hypothesis || experiment.description, conclusionOf(experiment)]
      .filter(Boolean)
      .join('\n\n'),
    isBandit: experiment.type === 'multi-armed-bandit',
    seed: phase?.seed || trackingKey,
    hashVersion: experiment.hashVersion ?? 1,
    hashAttribute: experiment.hashAttribute ?? undefined,
    fallbackAttribute: experiment.fallbackAttribute || undefined,
    sticky: !experiment.disableStickyBucketing,
    ranges: {
      count: variations.length,
      coverage: phase?.coverage ?? 1,
      weights: split.size > 0 ? variations.map((_, index) => split.get(idOf(index)) ?? 0) : null,
    },
    targeting: targetingOf(
      { condition: phase?.targetingCondition, savedGroupTargeting: phase?.savedGroupTargeting ?? null },
      surroundings.groups,
    ),
    namespace: phase?.namespace
      ? {
          name: phase.namespace.namespaceId,
          from: phase.namespace.range[0] as number,
          to: phase.namespace.range[1] as number,
        }
      : null,
    variants: variations.map((variation, index) => ({
      key: keys[index] as string,
      name: variation.name?.trim().slice(0, 120) || (keys[index] as string),
      value: values[index] ?? null,
    })),
    forced: [],
    goals: goals.kept,
    ...lifeOf(experiment, keys),
    notes: [
      ...(references.length === 1 && asked !== trackingKey ? [notes.asksFor(asked, trackingKey)] : []),
      ...(key === asked ? [] : [notes.renamed(asked, key)]),
      ...(references.length > 1 ? [notes.valueOfFeatures(references.map(({ flag }) => flag))] : []),
      ...references.flatMap((reference) => differencesOf(reference, values[0], references.length)),
      ...(phases.length > 1 ? [notes.phases(phases.length)] : []),
      ...goals.lost.map(notes.lostMetric),
      ...(settings?.activationMetric ? [notes.analysis('activation metric')] : []),
      ...(settings?.segmentId ? [notes.analysis('segment')] : []),
      ...(settings?.queryFilter ? [notes.analysis('filter of its query')] : []),
      ...(experiment.status === 'stopped' ? [notes.noResults()] : []),
    ],
    problems: [
      ...(phase ? [] : [notes.noPhase()]),
      ...(phase?.prerequisites?.length ? [notes.prerequisite()] : []),
      ...(experiment.hasVisualChangesets || experiment.hasURLRedirects ? [notes.visual()] : []),
    ],
  }
}

/** What each variation is worth in code: what its flag says, or an object where several flags hang on it. */
function valuesOf(ids: readonly string[], references: readonly Reference[]): (JsonValue | undefined)[] {
  const [only] = references
  if (!only) return ids.map(() => undefined)
  if (references.length === 1) return ids.map((id) => only.values.get(id))
  return ids.map((id) => Object.fromEntries(references.map(({ flag, values }) => [flag, values.get(id) ?? null])))
}

function differencesOf(reference: Reference, control: JsonValue | undefined, flags: number): Told[] {
  const { flag, otherwise, hasRulesBefore } = reference
  return [...(flags === 1 ? defaultsOf() : []), ...(hasRulesBefore ? [notes.rulesBefore(flag)] : [])]

  function defaultsOf(): Told[] {
    const [theirs, ours] = [JSON.stringify(otherwise), JSON.stringify(control)]
    return control !== undefined && theirs !== ours ? [notes.otherDefault(theirs, ours)] : []
  }
}

function goalsOf(settings: RestExperiment['settings'], known: ReadonlySet<string>) {
  const roles = [
    ['goal', settings?.goals],
    ['secondary', settings?.secondaryMetrics],
    ['guardrail', settings?.guardrails],
  ] satisfies [MetricRole, unknown][]
  const all = roles.flatMap(([role, list]) => (list ?? []).map(({ metricId }) => ({ sourceId: metricId, role })))
  // In one role only: the first, which is the one that decides.
  const seen = new Set<string>()
  const once = all.filter(({ sourceId }) => !seen.has(sourceId) && seen.add(sourceId))
  return {
    kept: once.filter(({ sourceId }) => known.has(sourceId)).slice(0, 19),
    lost: once.filter(({ sourceId }) => !known.has(sourceId)).map(({ sourceId }) => sourceId),
  }
}

function lifeOf(experiment: RestExperiment, keys: readonly string[]): Pick<Divided, 'state' | 'archived' | 'past'> {
  const { status, phases, variations, resultSummary: result } = experiment
  const archived = experiment.archived === true
  if (status !== 'stopped') return { state: status === 'running' ? 'running' : 'draft', archived, past: null }
  // What everybody gets since: that is, while the flag has not been cleaned up, the released variation.
  const released = variations.findIndex(
    (variation, index) => (variation.variationId ?? String(index)) === result?.releasedVariationId,
  )
  const winner = result?.excludeFromPayload ? null : (keys[released] ?? null)
  const startedAt = instant(phases[0]?.dateStarted) ?? instant(phases.at(-1)?.dateEnded)
  const completedAt = instant(phases.at(-1)?.dateEnded) ?? startedAt
  const unknown = '1970-01-01T00:00:00.000Z'
  return {
    ...{ state: 'stopped', archived },
    past: { winner, startedAt: startedAt ?? unknown, completedAt: completedAt ?? unknown },
  }
}

function instant(text: string | null | undefined): string | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** What was concluded there, to be read with the hypothesis. */
function conclusionOf({ resultSummary, variations }: RestExperiment): string {
  const { status, winner, conclusions } = resultSummary ?? {}
  if (!status && !conclusions) return ''
  const name = variations.find(({ variationId }) => variationId === winner)?.name
  return ['GrowthBook:', status, name && status === 'won' ? `(${name}).` : status ? '.' : '', conclusions]
    .filter(Boolean)
    .join(' ')
    .replace(' .', '.')
}
