import { z } from 'zod'
import { maxVariants } from '../../experimentInput.ts'
import type { JsonValue } from '../../json.ts'
import type { ImportItem } from '../importItem.ts'
import type { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'
import { type Divided, itemOf } from './divided.ts'
import { unreadable } from './experiments.ts'
import { isObject } from './export.ts'
import { coverageOfRollout } from './ranges.ts'
import { type Flag, flagOfPayload, flagOfRest, type Rule } from './rules.ts'
import { type Groups, type Targeting, targetingOf } from './targeting.ts'

/** A flag that is decided by an experiment of the REST API. */
export interface Reference {
  readonly flag: string
  /** Variation id → value. */
  readonly values: ReadonlyMap<string, JsonValue>
  /** What the flag is for those who take no part. */
  readonly otherwise: JsonValue
  readonly hasRulesBefore: boolean
}

/** The experiments that flags of the REST API are decided by. @returns experiment id → its flags */
export function referencesOf(features: readonly unknown[], environment: string): Map<string, Reference[]> {
  const references = new Map<string, Reference[]>()
  for (const feature of features) {
    const flag = flagOfRest(feature, environment)
    if ('refused' in flag) continue
    for (const [index, rule] of flag.rules.entries()) {
      if (rule.kind !== 'reference') continue
      const { values, experimentId } = rule
      const reference = { flag: flag.key, values, otherwise: flag.otherwise, hasRulesBefore: index > 0 }
      const others = references.get(experimentId)
      if (others) others.push(reference)
      else references.set(experimentId, [reference])
    }
  }
  return references
}

export interface FeatureSurroundings {
  readonly groups: Groups
  readonly environment: string
  readonly keys: FreeKeys
  readonly fallbackGoal: string
  /** Experiments of the file by their ids there. */
  readonly experiments: ReadonlyMap<string, ImportItem>
}

/** What becomes of a flag of the REST API. */
export function featureItem(given: unknown, surroundings: FeatureSurroundings): ImportItem {
  const flag = flagOfRest(given, surroundings.environment)
  return 'refused' in flag ? refusal(given, flag.refused) : itemOfFlag(flag, surroundings)
}

/** What becomes of a flag as SDKs read it. */
export function payloadItem(key: string, given: unknown, surroundings: FeatureSurroundings): ImportItem {
  const flag = flagOfPayload(key, given)
  return 'refused' in flag ? refusal({ id: key }, flag.refused) : itemOfFlag(flag, surroundings)
}

function itemOfFlag(flag: Flag, surroundings: FeatureSurroundings): ImportItem {
  const { key, rules, otherwise } = flag
  const impossible = (...reasons: ImportItem['notes']) => refusal({ id: key }, reasons)
  const reference = rules.find((rule) => rule.kind === 'reference')
  if (reference?.kind === 'reference') {
    const experiment = surroundings.experiments.get(reference.experimentId)
    if (!experiment) return impossible(notes.noExperiment(reference.experimentId))
    if (experiment.key === null) return impossible(...experiment.notes)
    return { ...impossible(notes.includedIn(experiment.key)), key: experiment.key, outcome: 'included' }
  }
  const { tries, rest } = withoutTries(rules, surroundings.groups)
  const [rule] = rest
  if (!rule) return impossible(notes.constant(JSON.stringify(otherwise)))
  if (rest.length > 1) return impossible(notes.severalRules(rest.length))
  if (rule.kind === 'other') return impossible(rule.why)
  if (rule.kind === 'reference') return impossible(notes.noExperiment(rule.experimentId))
  // Before they are compared with the values that rules before it give.
  if (rule.kind === 'experiment' && rule.variations.length > maxVariants)
    return impossible(notes.variants(rule.variations.length))
  const ours = surroundings.keys.take(key, key)
  const divided = rule.kind === 'force' ? rollout(flag, rule, ours) : inline(flag, rule, ours)
  const values = divided.variants.map(({ value }) => JSON.stringify(value))
  const tried = tries.map(({ subjects, value }) => {
    const variant = divided.variants[values.indexOf(JSON.stringify(value))]
    return variant && subjects.map((subject) => ({ subject, variant: variant.key }))
  })
  const whole = {
    ...divided,
    forced: tried.flatMap((subjects) => subjects ?? []),
    targeting: joined(divided.targeting, targetingOf(rule, surroundings.groups)),
    notes: [...(ours === key ? [] : [notes.renamed(key, ours)]), ...divided.notes],
  }
  return tried.every(Boolean) ? itemOf(whole, surroundings.fallbackGoal) : impossible(notes.severalRules(rules.length))
}

/** Rules before the others that give single subjects a value, which is what trying a variant out is here. */
function withoutTries(rules: readonly Rule[], groups: Groups) {
  const tries: { subjects: readonly string[]; value: JsonValue }[] = []
  for (const rule of rules.slice(0, -1)) {
    if (rule.kind !== 'force' || rule.coverage !== null) break
    const { condition } = targetingOf(rule, groups)
    const subjects = subjectsOf(condition)
    if (!subjects) break
    tries.push({ subjects, value: rule.value })
  }
  return { tries, rest: rules.slice(tries.length) }
}

const ids = z.array(z.union([z.string(), z.number()])).transform((list) => list.map(String))

/** `{"id": "a"}` or `{"id": {"$in": ["a", "b"]}}`: whom a condition names one by one. */
function subjectsOf(condition: Record<string, unknown> | null): readonly string[] | undefined {
  if (!condition || Object.keys(condition).join() !== 'id') return undefined
  const expected = condition.id
  if (!isObject(expected)) return ids.safeParse([expected]).data
  return Object.keys(expected).join() === '$in' ? ids.safeParse(expected.$in).data : undefined
}

function joined(one: Targeting, other: Targeting): Targeting {
  return { condition: one.condition ?? other.condition, problems: [...one.problems, ...other.problems] }
}

/** A value for a share of the subjects: an experiment whose control has no share of its own. */
function rollout(flag: Flag, rule: Extract<Rule, { kind: 'force' }>, key: string): Divided {
  const coverage = rule.coverage === null ? 1 : coverageOfRollout(rule.coverage)
  return {
    ...commonOf(flag, key),
    ...{ seed: rule.seed ?? flag.key, hashVersion: rule.hashVersion ?? 1, hashAttribute: rule.hashAttribute },
    ranges: { count: 2, coverage, weights: [0, 1] },
    variants: [
      { key: 'off', name: 'Off', value: flag.otherwise },
      { key: 'on', name: 'On', value: rule.value },
    ],
    namespace: null,
    notes: [notes.rollout()],
  }
}

/** An experiment that stands in the rule itself. */
function inline(flag: Flag, rule: Extract<Rule, { kind: 'experiment' }>, key: string): Divided {
  const control = JSON.stringify(rule.variations[0]?.value)
  const otherwise = JSON.stringify(flag.otherwise)
  return {
    ...commonOf(flag, key),
    name: rule.name ?? flag.key,
    ...{ seed: rule.seed ?? rule.key, hashVersion: rule.hashVersion ?? 1, hashAttribute: rule.hashAttribute },
    fallbackAttribute: rule.fallbackAttribute,
    ranges: {
      count: rule.variations.length,
      coverage: rule.coverage ?? 1,
      weights: rule.weights,
      ranges: rule.ranges,
    },
    variants: rule.variations.map(({ key, name, value }) => ({ key, name, value })),
    namespace: rule.namespace,
    notes: [
      ...(rule.key === flag.key ? [] : [notes.asksFor(flag.key, rule.key)]),
      ...(control === otherwise ? [] : [notes.otherDefault(otherwise, control ?? 'null')]),
    ],
    problems: rule.problems,
  }
}

type Common = Omit<Divided, 'seed' | 'hashVersion' | 'hashAttribute' | 'ranges' | 'variants' | 'namespace' | 'notes'>

/** What rules of flags have in common: nothing measures them, and they are in force. */
function commonOf(flag: Flag, key: string): Common {
  return {
    ...{ kind: 'feature', sourceId: flag.key, key, name: flag.key, hypothesis: flag.description },
    ...{ isBandit: false, fallbackAttribute: undefined, sticky: true, forced: [], goals: [] },
    ...{ state: 'running', archived: false, past: null, problems: [] },
    targeting: { condition: null, problems: [] },
  }
}

function refusal(given: unknown, reasons: ImportItem['notes']): ImportItem {
  return { ...unreadable('feature', given, []), notes: reasons }
}
