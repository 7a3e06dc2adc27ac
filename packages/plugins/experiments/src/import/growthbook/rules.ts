import { issueTold, said, type Told } from '@espalier/core'
import { z } from 'zod'
import type { BucketRange } from '../../assignment/buckets.ts'
import { share } from '../../experimentInput.ts'
import type { JsonValue } from '../../json.ts'
import { notes } from '../notes.ts'
import type { Targeted } from './targeting.ts'

/** A flag of GrowthBook in one environment: its rules in order, of which the first that fits decides. */
export interface Flag {
  readonly key: string
  readonly description: string
  /** What it is where no rule fits. */
  readonly otherwise: JsonValue
  readonly rules: readonly Rule[]
}

interface Assigned {
  readonly seed: string | undefined
  readonly hashVersion: number | undefined
  readonly hashAttribute: string | undefined
}

/** A value for everybody whom it means, or for a share of them. */
interface ForceRule extends Targeted, Assigned {
  readonly kind: 'force'
  readonly value: JsonValue
  /** Null: everybody. */
  readonly coverage: number | null
}

/** An experiment that stands in the rule itself. */
interface ExperimentRule extends Targeted, Assigned {
  readonly kind: 'experiment'
  readonly key: string
  readonly name: string | undefined
  readonly variations: readonly { readonly key: string; readonly name: string; readonly value: JsonValue }[]
  readonly weights: readonly number[] | null
  readonly ranges: readonly BucketRange[] | null
  readonly coverage: number | null
  readonly namespace: { readonly name: string; readonly from: number; readonly to: number } | null
  readonly fallbackAttribute: string | undefined
  readonly problems: readonly Told[]
}

export type Rule =
  | ForceRule
  | ExperimentRule
  /** An experiment that stands elsewhere in the file. */
  | { readonly kind: 'reference'; readonly experimentId: string; readonly values: ReadonlyMap<string, JsonValue> }
  | { readonly kind: 'other'; readonly why: Told }

interface Refused {
  readonly refused: readonly Told[]
}

const json = z.custom<JsonValue>()
const groupTargeting = z.array(z.looseObject({ matchType: z.string(), savedGroups: z.array(z.string()) })).nullish()

const restRule = z.looseObject({
  type: z.string(),
  enabled: z.boolean().nullish(),
  condition: z.string().nullish(),
  savedGroupTargeting: groupTargeting,
  prerequisites: z.array(z.unknown()).nullish(),
  coverage: share.nullish(),
  hashAttribute: z.string().nullish(),
  seed: z.string().nullish(),
  hashVersion: z.number().nullish(),
  trackingKey: z.string().nullish(),
  namespace: z
    .looseObject({ enabled: z.boolean().nullish(), name: z.string(), range: z.array(z.number()).length(2) })
    .nullish(),
  value: z
    .union([z.string(), z.array(z.looseObject({ value: z.string(), weight: share, name: z.string().nullish() }))])
    .nullish(),
  experimentId: z.string().nullish(),
  variations: z.array(z.looseObject({ variationId: z.string(), value: z.string() })).nullish(),
})

const restFeature = z.looseObject({
  id: z.string(),
  archived: z.boolean().nullish(),
  description: z.string().nullish(),
  valueType: z.enum(['boolean', 'string', 'number', 'json']),
  defaultValue: z.string().nullish(),
  prerequisites: z.array(z.unknown()).nullish(),
  environments: z.record(
    z.string(),
    z.looseObject({
      enabled: z.boolean().nullish(),
      defaultValue: z.string().nullish(),
      rules: z.array(restRule).nullish(),
    }),
  ),
})

type RestFeature = z.output<typeof restFeature>

/** A flag of the REST API in an environment, or why it says nothing there. */
export function flagOfRest(given: unknown, environment: string): Flag | Refused {
  const parsed = restFeature.safeParse(given)
  if (!parsed.success) return unreadable(parsed.error.issues, given)
  const { id, archived, description, environments, valueType, prerequisites } = parsed.data
  const own = environments[environment]
  if (archived) return { refused: [notes.archivedThere()] }
  if (!own) return { refused: [notes.noEnvironment(environment, Object.keys(environments))] }
  if (own.enabled === false) return { refused: [notes.switchedOff(environment)] }
  if (prerequisites?.length) return { refused: [notes.prerequisite()] }
  const read = (text: string | null | undefined) => valueIn(valueType, text ?? '')
  return {
    key: id,
    description: description ?? '',
    otherwise: read(own.defaultValue ?? parsed.data.defaultValue),
    rules: (own.rules ?? []).filter(({ enabled }) => enabled !== false).map((rule) => ruleOfRest(id, rule, read)),
  }
}

function ruleOfRest(
  flag: string,
  rule: z.output<typeof restRule>,
  read: (text: string | null | undefined) => JsonValue,
): Rule {
  const { type, value, condition, savedGroupTargeting } = rule
  if (rule.prerequisites?.length) return { kind: 'other', why: notes.prerequisite() }
  if (type === 'experiment-ref' && rule.experimentId)
    return {
      kind: 'reference',
      experimentId: rule.experimentId,
      values: new Map((rule.variations ?? []).map((each) => [each.variationId, read(each.value)])),
    }
  const assigned = {
    ...(condition ? { condition } : {}),
    savedGroupTargeting: savedGroupTargeting ?? null,
    seed: rule.seed || undefined,
    hashVersion: rule.hashVersion ?? undefined,
    hashAttribute: rule.hashAttribute || undefined,
  }
  if ((type === 'force' || type === 'rollout') && !Array.isArray(value))
    return {
      ...{ kind: 'force', ...assigned, value: read(value) },
      coverage: type === 'rollout' ? (rule.coverage ?? 1) : null,
    }
  if (type === 'experiment' && Array.isArray(value)) {
    const { namespace } = rule
    return {
      ...{ kind: 'experiment', ...assigned, key: rule.trackingKey || flag, name: undefined },
      variations: value.map((each, index) => ({
        ...{ key: String(index), name: each.name || `Variation ${index}`, value: read(each.value) },
      })),
      weights: value.map(({ weight }) => weight),
      ...{ ranges: null, coverage: rule.coverage ?? null, fallbackAttribute: undefined, problems: [] },
      namespace:
        namespace && namespace.enabled !== false
          ? { name: namespace.name, from: namespace.range[0] as number, to: namespace.range[1] as number }
          : null,
    }
  }
  return { kind: 'other', why: notes.ruleKind(type) }
}

/** Where a range begins or ends. Sums of shares miss 1 by their rounding. */
const bound = z
  .number()
  .min(-1e-9, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
  .max(1 + 1e-9, said({ en: 'is above 1', fr: 'dépasse 1' }))

const payloadRule = z.looseObject({
  condition: z.record(z.string(), z.unknown()).nullish(),
  parentConditions: z.array(z.unknown()).nullish(),
  filters: z.array(z.unknown()).nullish(),
  coverage: share.nullish(),
  force: json.optional(),
  variations: z.array(json).nullish(),
  weights: z.array(share).nullish(),
  ranges: z.array(z.tuple([bound, bound])).nullish(),
  range: z.tuple([z.number(), z.number()]).nullish(),
  key: z.string().nullish(),
  name: z.string().nullish(),
  seed: z.string().nullish(),
  hashVersion: z.number().nullish(),
  hashAttribute: z.string().nullish(),
  fallbackAttribute: z.string().nullish(),
  namespace: z.tuple([z.string(), z.number(), z.number()]).nullish(),
  meta: z.array(z.looseObject({ key: z.string().nullish(), name: z.string().nullish() })).nullish(),
})

const payloadFeature = z.looseObject({ defaultValue: json.optional(), rules: z.array(payloadRule).nullish() })

/** A flag as SDKs read it. */
export function flagOfPayload(key: string, given: unknown): Flag | Refused {
  const parsed = payloadFeature.safeParse(given)
  if (!parsed.success) return unreadable(parsed.error.issues, given)
  const { defaultValue = null, rules } = parsed.data
  return { key, description: '', otherwise: defaultValue, rules: (rules ?? []).map((rule) => ruleOfPayload(key, rule)) }
}

function ruleOfPayload(flag: string, rule: z.output<typeof payloadRule>): Rule {
  if (rule.parentConditions?.length) return { kind: 'other', why: notes.prerequisite() }
  if (rule.filters?.length) return { kind: 'other', why: notes.filters() }
  const assigned = {
    ...(rule.condition ? { condition: rule.condition } : {}),
    seed: rule.seed || undefined,
    hashVersion: rule.hashVersion ?? undefined,
    hashAttribute: rule.hashAttribute || undefined,
  }
  // The order in which SDKs look: a rule with `force` is none of an experiment.
  if (rule.force !== undefined)
    return rule.range
      ? { kind: 'other', why: notes.ruleKind('force with a range') }
      : { kind: 'force', ...assigned, value: rule.force, coverage: rule.coverage ?? null }
  if (!rule.variations) return { kind: 'other', why: notes.ruleKind('unknown') }
  const [name, from, to] = rule.namespace ?? []
  return {
    ...{ kind: 'experiment', ...assigned, key: rule.key || flag, name: rule.name || undefined },
    variations: rule.variations.map((value, index) => {
      const key = rule.meta?.[index]?.key || String(index)
      return { key, name: rule.meta?.[index]?.name || `Variation ${key}`, value }
    }),
    ...{ weights: rule.weights ?? null, ranges: rule.ranges ?? null, coverage: rule.coverage ?? null },
    namespace: name === undefined ? null : { name, from: from as number, to: to as number },
    ...{ fallbackAttribute: rule.fallbackAttribute || undefined, problems: [] },
  }
}

/** The REST API has values as texts. */
function valueIn(type: RestFeature['valueType'], text: string): JsonValue {
  if (type === 'boolean') return text === 'true'
  if (type === 'number') return Number(text)
  if (type === 'string') return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

function unreadable(issues: readonly z.core.$ZodIssue[], given: unknown): Refused {
  return { refused: issues.slice(0, 5).map((issue) => notes.unreadable(issue.path.join('.'), issueTold(issue, given))) }
}
