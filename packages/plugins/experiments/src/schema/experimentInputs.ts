import { type Builder, type BuilderTypes, type WorkspaceNodeRef, withoutNulls } from '@espalier/core'
import type { ExperimentChange } from '../experimentInput.ts'
import type { experimentEnums } from './experimentEnums.ts'
import type { ruleTypes } from './rules.ts'
import type { targetingTypes } from './targeting.ts'

interface Refs
  extends ReturnType<typeof targetingTypes>,
    ReturnType<typeof ruleTypes>,
    Pick<ReturnType<typeof experimentEnums>, 'ExperimentKind'> {
  readonly Experiment: WorkspaceNodeRef<'Experiment'>
  readonly ExperimentMetric: WorkspaceNodeRef<'ExperimentMetric'>
}

/** What experiments are made of and changed with. */
export function experimentInputs(builder: Builder, refs: Refs) {
  const VariantInput = builder.inputType('ExperimentVariantInput', {
    description: 'One of the things to compare.',
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the experiment. Example: `bold`.',
      }),
      name: t.string({ required: true, description: 'What people call it. Example: `Bold headline`.' }),
      weight: t.float({
        required: true,
        defaultValue: 1,
        description: 'Share of the subjects, relative to the others. 0 or more.',
      }),
      value: t.field({
        type: 'JSON',
        description: 'What code gets for it. Default: its key. Example: `{ "size": 48 }`.',
      }),
      floor: t.float({ description: 'Least share of a bandit’s traffic. Default: as the bandit says for all.' }),
      ceiling: t.float({ description: 'Largest share of a bandit’s traffic, above 0 up to 1. Default: 1, no limit.' }),
    }),
  })

  /** Everything but key, name, goal and variants, which a new experiment needs and a change does not. */
  const common = (t: InputFieldBuilder) => ({
    goals: t.globalIDList({
      for: refs.ExperimentMetric,
      description: 'Metrics that decide, the first before the others.',
    }),
    secondaryMetrics: t.globalIDList({
      for: refs.ExperimentMetric,
      description: 'Metrics that are watched beside them.',
    }),
    guardrails: t.globalIDList({ for: refs.ExperimentMetric, description: 'Metrics that must not get worse.' }),
    coverage: t.float({ description: 'Share of the subjects that takes part, from 0 to 1. Default: 1.' }),
    condition: t.field({
      type: 'JSON',
      description:
        'What must hold of a subject’s attributes, in GrowthBook’s condition language: {"country": "FR"}. Null lets everyone in.',
    }),
    activeHours: t.field({
      type: refs.ActiveHoursInput,
      description: 'When it takes subjects in. Null is always.',
    }),
    namespace: t.field({
      type: refs.NamespaceInput,
      description: 'Excludes it from other experiments of the same name. Null: it goes with all.',
    }),
    holdoutId: t.globalID({
      for: refs.Experiment,
      description: 'The holdout whose held-back subjects do not take part. Null: none.',
    }),
    sticky: t.boolean({
      description: 'Whether a subject keeps its variant when weights or conditions change. Default: true.',
    }),
    inBrowsers: t.boolean({
      description:
        'Whether pages that others serve may decide about it. Its keys, weights, conditions and values are public then. Default: false.',
    }),
    forced: t.field({ type: [refs.ForcedInput], description: 'Up to 100 subjects that try a variant out.' }),
    startsAt: t.field({ type: 'DateTime', description: 'When it starts by itself. Null: when somebody starts it.' }),
    stopsAt: t.field({ type: 'DateTime', description: 'When it stops by itself. Null: when somebody completes it.' }),
    rules: t.field({
      type: refs.RulesInput,
      description: 'What a verdict takes, where it differs from the workspace.',
    }),
    bandit: t.field({ type: refs.BanditInput, description: 'For a bandit: how its weights follow results.' }),
  })

  const goal =
    'Short for a metric: name of an event, or of the goal of a conversion, that counts once for each subject. Example: `signup`.'
  const CreateExperimentInput = builder.inputType('CreateExperimentInput', {
    description: 'A new experiment. It needs a goal: an event, or metrics.',
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `hero-headline`.',
      }),
      name: t.string({ required: true, description: 'What people call it. Example: `Headline of the home page`.' }),
      hypothesis: t.string({
        required: true,
        defaultValue: '',
        description: 'What is expected, and why. Example: `Numbers persuade, because people compare`.',
      }),
      kind: t.field({ type: refs.ExperimentKind, description: 'What it is for. Default: a test.' }),
      goal: t.string({ description: goal }),
      variants: t.field({ type: [VariantInput], required: true, description: '2 to 20; the first is the control.' }),
      ...common(t),
    }),
  })

  const UpdateExperimentInput = builder.inputType('UpdateExperimentInput', {
    description: 'A change of a draft. What is left out stays.',
    fields: (t) => ({
      key: t.string({
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `hero-headline`.',
      }),
      name: t.string({ description: 'What people call it. Example: `Headline of the home page`.' }),
      hypothesis: t.string({
        description: 'What is expected, and why. Example: `Numbers persuade, because people compare`.',
      }),
      kind: t.field({ type: refs.ExperimentKind, description: 'What it is for.' }),
      goal: t.string({ description: `${goal} Replaces the goals.` }),
      variants: t.field({ type: [VariantInput], description: 'Replaces all variants.' }),
      ...common(t),
    }),
  })

  const WeightInput = builder.inputType('ExperimentWeightInput', {
    description: 'A new weight of a variant.',
    fields: (t) => ({
      variant: t.string({ required: true, description: 'Key of the variant. Example: `bold`.' }),
      weight: t.float({ required: true, description: 'Share of the subjects, relative to the others. 0 or more.' }),
      floor: t.float({ description: 'For a bandit: its least share.' }),
      ceiling: t.float({ description: 'For a bandit: its largest share, above 0 up to 1.' }),
    }),
  })

  const ChangeRunningExperimentInput = builder.inputType('ChangeRunningExperimentInput', {
    description: 'A change of an experiment that runs. What is left out stays.',
    fields: (t) => ({
      weights: t.field({ type: [WeightInput], description: 'Of the variants that are named; the others keep theirs.' }),
      add: t.field({ type: [VariantInput], description: 'New variants.' }),
      retire: t.stringList({
        description: 'Keys of variants that nobody gets any more; their results stay. Example: `["loud"]`.',
      }),
      coverage: t.float({ description: 'Share of the subjects that takes part. It only grows.' }),
      condition: t.field({
        type: 'JSON',
        description:
          'What must hold of a subject’s attributes. Null lets everyone in. Example: `{ "country": { "$in": ["FR", "BE"] } }`.',
      }),
      activeHours: t.field({ type: refs.ActiveHoursInput, description: 'When it takes subjects in. Null is always.' }),
      stopsAt: t.field({ type: 'DateTime', description: 'When it stops by itself. Null: when somebody completes it.' }),
      why: t.string({ description: 'Why, for those who ask later. Example: `The third headline was misleading`.' }),
    }),
  })

  return { CreateExperimentInput, UpdateExperimentInput, ChangeRunningExperimentInput }
}

type InputFieldBuilder = PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>

/** In these, null means that there is none; elsewhere it is as if it were left out. */
const clearable = ['condition', 'activeHours', 'namespace', 'holdoutId', 'startsAt', 'stopsAt'] as const

/** Drops nulls that mean nothing, at any depth of the input's own fields. */
export function given<Input extends object>(input: Input): Input {
  const cleared = clearable.filter((field) => (input as Record<string, unknown>)[field] === null)
  const nested = Object.entries(withoutNulls(input)).map(([field, value]) => [field, nestedGiven(field, value)])
  return { ...Object.fromEntries(nested), ...Object.fromEntries(cleared.map((field) => [field, null])) } as Input
}

/** Conditions and values are JSON of people, in which null has a meaning. */
function nestedGiven(field: string, value: unknown): unknown {
  if (field === 'condition' || value instanceof Date) return value
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'object' && item !== null ? withoutNulls(item as object) : item))
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value
}

interface GlobalId {
  readonly id: string
}

interface MetricLists {
  readonly goals?: readonly GlobalId[] | null
  readonly secondaryMetrics?: readonly GlobalId[] | null
  readonly guardrails?: readonly GlobalId[] | null
  readonly holdoutId?: GlobalId | null
}

/**
 * An input of the API as the service takes it.
 *
 * @param before the metrics that it has, of which those stay whose list was left out
 */
export function changeOf(
  input: MetricLists,
  before: readonly { readonly role: string; readonly metric: { readonly id: string } }[] = [],
): ExperimentChange {
  const { goals, secondaryMetrics, guardrails, holdoutId, ...rest } = given(input)
  const list = (role: 'goal' | 'secondary' | 'guardrail', ids: readonly GlobalId[] | null | undefined) =>
    (ids ?? before.filter((metric) => metric.role === role).map(({ metric }) => metric)).map(({ id }) => ({
      metricId: id,
      role,
    }))
  const isNamed = [goals, secondaryMetrics, guardrails].some((ids) => ids)
  // An event as goal takes the place of the goals that were there.
  const old = 'goal' in rest && !goals ? [] : goals
  return {
    ...rest,
    ...(holdoutId === undefined ? {} : { holdoutId: holdoutId?.id ?? null }),
    ...(isNamed
      ? { goals: [...list('goal', old), ...list('secondary', secondaryMetrics), ...list('guardrail', guardrails)] }
      : {}),
  } as ExperimentChange
}
