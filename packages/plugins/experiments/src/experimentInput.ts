import { isTimeZone } from '@espalier/tracking'
import { z } from 'zod'
import { conditionInput } from './assignment/conditionInput.ts'
import { holdoutKeys } from './assignment/holdout.ts'
import { banditInput } from './decisions/banditConfig.ts'
import { rulesInput } from './decisions/rules.ts'
import type { Experiment } from './experiment.ts'
import type { JsonValue } from './json.ts'
import { key, name, text } from './naming.ts'

const share = z.number().min(0, 'is below 0').max(1, 'is above 1')

/** Any JSON: what comes over HTTP is nothing else. */
const anyJson = z.custom<JsonValue>((value) => z.json().safeParse(value).success, 'is no JSON')

export const weight = z.number().min(0, 'is below 0').max(1_000_000, 'is above 1,000,000')

export const ceiling = z
  .number()
  .gt(0, 'is not above 0: nobody would get it')
  .max(1, 'is above 1, which is all traffic')

export const variantInput = z.object({
  key,
  name,
  weight: weight.default(1),
  /** What code gets for it; null: its key. */
  value: anyJson.default(null),
  /** Least share of a bandit's traffic; 0: as the bandit says for all. */
  floor: share.lt(1, 'is 1, which leaves nothing for the others').default(0),
  /** Largest share of a bandit's traffic; 1: no limit. */
  ceiling: ceiling.default(1),
})

/** Of those that take part. */
export const maxVariants = 20

/** The retired ones among them: what improves itself tries many, one after the other. */
export const maxVariantsEver = 200

const variants = z
  .array(variantInput)
  .refine((list) => list.length >= 2, 'has fewer than 2 variants: there would be nothing to compare')
  .refine((list) => list.length <= maxVariants, `has more than ${maxVariants} variants`)
  .refine(
    (list) => new Set(list.map((variant) => variant.key)).size === list.length,
    'has two variants with the same key',
  )
  .refine((list) => list.some((variant) => variant.weight > 0), 'has no variant with a weight above 0')
  .refine(
    (list) => list.reduce((sum, { floor }) => sum + floor, 0) <= 1,
    'has floors that add up to more than 1: there is no more traffic than all of it',
  )
  .refine(
    (list) => list.reduce((sum, { ceiling }) => sum + ceiling, 0) >= 1 - 1e-9,
    'has ceilings that add up to less than 1: somebody has to get the rest of the traffic',
  )

const goal = z.object({
  metricId: z.uuid('is no id of a metric'),
  role: z.enum(['goal', 'secondary', 'guardrail']).default('goal'),
})

const goals = z
  .array(goal)
  .refine((list) => list.length <= 20, 'has more than 20 metrics')
  .refine(
    (list) => new Set(list.map(({ metricId }) => metricId)).size === list.length,
    'has the same metric twice: give it one role',
  )

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write it as "08:30"')

export const activeHoursInput = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'is no time zone; write one of IANA’s, such as "Europe/Paris"'),
  from: timeOfDay,
  to: timeOfDay,
  /** ISO: 1 is Monday. */
  weekdays: z
    .array(z.int().min(1, 'is below 1, which is Monday').max(7, 'is above 7, which is Sunday'))
    .refine((days) => days.length > 0, 'is empty: nobody would ever get in; leave it out for all days')
    .refine((days) => new Set(days).size === days.length, 'names a day twice')
    .optional(),
})

const namespaceInput = z
  .object({ name, from: share, to: share })
  .refine(({ from, to }) => from < to, 'has "from" that is not below "to": nobody would be in it')

const forced = z
  .array(z.object({ subject: name, variant: key }))
  .refine((list) => list.length <= 100, 'has more than 100 subjects')
  .refine((list) => new Set(list.map(({ subject }) => subject)).size === list.length, 'names a subject twice')

/** What a new experiment needs. */
export const experimentInput = z
  .object({
    key,
    name,
    hypothesis: text(2_000).default(''),
    kind: z.enum(['test', 'bandit', 'holdout']).default('test'),
    /** Short for a conversion metric of this event as the first goal. */
    goal: text(64)
      .refine((value) => value.length > 0, 'is empty')
      .optional(),
    goals: goals.default([]),
    variants,
    coverage: share.default(1),
    condition: conditionInput.nullable().default(null),
    activeHours: activeHoursInput.nullable().default(null),
    namespace: namespaceInput.nullable().default(null),
    holdoutId: z.uuid('is no id of an experiment').nullable().default(null),
    sticky: z.boolean().default(true),
    /** Pages that others serve may decide about it: what they need for that is public. */
    inBrowsers: z.boolean().default(false),
    forced: forced.default([]),
    startsAt: z.date().nullable().default(null),
    stopsAt: z.date().nullable().default(null),
    rules: rulesInput.default({}),
    bandit: banditInput.default({}),
  })
  .superRefine((input, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (input.goal === undefined && !input.goals.some(({ role }) => role === 'goal'))
      refuse(['goals'], 'has no metric that decides; name one, or an event as "goal"')
    for (const [index, { variant }] of input.forced.entries())
      if (!input.variants.some((candidate) => candidate.key === variant))
        refuse(['forced', index, 'variant'], `is no variant; they are: ${keysOf(input.variants)}`)
    if (input.startsAt && input.stopsAt && input.stopsAt <= input.startsAt)
      refuse(['stopsAt'], 'is not after startsAt: it would stop before it starts')
    if (input.kind !== 'bandit' && Object.keys(input.bandit).length > 0)
      refuse(['bandit'], `is for bandits, and this is a ${input.kind}; leave it out, or set kind to "bandit"`)
    const expected = Object.values(holdoutKeys)
    if (input.kind === 'holdout' && keysOf(input.variants) !== expected.join(', '))
      refuse(['variants'], `of a holdout are "${expected.join('" and "')}", in this order`)
    if (input.kind === 'holdout' && input.holdoutId)
      refuse(['holdoutId'], 'is for experiments, and this is a holdout itself; leave it out')
  })

function keysOf(list: readonly { readonly key: string }[]): string {
  return list.map((variant) => variant.key).join(', ')
}

export type ExperimentInput = z.input<typeof experimentInput>
export type ExperimentChange = Partial<ExperimentInput>
export type CheckedExperiment = z.output<typeof experimentInput>

/** An experiment as the input that would make it, so that a change of a draft is checked as a whole. */
export function inputOf(experiment: Experiment): ExperimentInput {
  const { namespace: name, namespaceFrom, namespaceTo, goals: metrics, ...rest } = experiment
  const { key, hypothesis, kind, coverage, holdoutId, sticky, inBrowsers, startsAt, stopsAt } = rest
  const json = <Value>(value: JsonValue) => value as Value
  return {
    ...{ key, name: rest.name, hypothesis, kind, coverage, holdoutId, sticky, inBrowsers, startsAt, stopsAt },
    goals: metrics.map(({ role, metric }) => ({ role, metricId: metric.id })),
    variants: rest.variants.map(({ key, name, weight, value, floor, ceiling }) => ({
      ...{ key, name, weight, value, floor, ceiling },
    })),
    condition: json<ExperimentInput['condition']>(rest.condition),
    activeHours: json<ExperimentInput['activeHours']>(rest.activeHours),
    namespace: name === null ? null : { name, from: namespaceFrom ?? 0, to: namespaceTo ?? 1 },
    forced: json<NonNullable<ExperimentInput['forced']>>(rest.forced),
    rules: json<NonNullable<ExperimentInput['rules']>>(rest.rules),
    bandit: json<NonNullable<ExperimentInput['bandit']>>(rest.bandit),
  }
}
