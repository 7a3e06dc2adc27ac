import { issueWords, isTimeZone, said, type Told } from '@espalier/core'
import { z } from 'zod'
import { conditionInput } from './assignment/conditionInput.ts'
import { holdoutKeys } from './assignment/holdout.ts'
import { banditInput } from './decisions/banditConfig.ts'
import { rulesInput } from './decisions/rules.ts'
import type { Experiment } from './experiment.ts'
import type { JsonValue } from './json.ts'
import { key, name, text } from './naming.ts'

/** A part of a whole. */
export const share = z
  .number()
  .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
  .max(1, said({ en: 'is above 1', fr: 'dépasse 1' }))

/** Any JSON: what comes over HTTP is nothing else. */
const anyJson = z.custom<JsonValue>(
  (value) => z.json().safeParse(value).success,
  said({ en: 'is no JSON', fr: 'n’est pas du JSON' }),
)

export const weight = z
  .number()
  .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
  .max(1_000_000, said({ en: 'is above 1,000,000', fr: 'dépasse 1 000 000' }))

export const ceiling = z
  .number()
  .gt(0, said({ en: 'is not above 0: nobody would get it', fr: 'n’est pas supérieur à 0 : personne ne la recevrait' }))
  .max(1, said({ en: 'is above 1, which is all traffic', fr: 'dépasse 1, soit tout le trafic' }))

export const variantInput = z.object({
  key,
  name,
  weight: weight.default(1),
  /** What code gets for it; null: its key. */
  value: anyJson.default(null),
  /** Least share of a bandit's traffic; 0: as the bandit says for all. */
  floor: share
    .lt(1, said({ en: 'is 1, which leaves nothing for the others', fr: 'vaut 1, ce qui ne laisse rien aux autres' }))
    .default(0),
  /** Largest share of a bandit's traffic; 1: no limit. */
  ceiling: ceiling.default(1),
})

/** Of those that take part. */
export const maxVariants = 20

/** The retired ones among them: what improves itself tries many, one after the other. */
export const maxVariantsEver = 200

const variants = z
  .array(variantInput)
  .refine(
    (list) => list.length >= 2,
    said({
      en: 'has fewer than 2 variants: there would be nothing to compare',
      fr: 'a moins de 2 variantes : il n’y aurait rien à comparer',
    }),
  )
  .refine(
    (list) => list.length <= maxVariants,
    said({ en: `has more than ${maxVariants} variants`, fr: `a plus de ${maxVariants} variantes` }),
  )
  .refine(
    (list) => new Set(list.map((variant) => variant.key)).size === list.length,
    said({ en: 'has two variants with the same key', fr: 'a deux variantes de même clé' }),
  )
  .refine(
    (list) => list.some((variant) => variant.weight > 0),
    said({ en: 'has no variant with a weight above 0', fr: 'n’a aucune variante de poids supérieur à 0' }),
  )
  .refine(
    (list) => list.reduce((sum, { floor }) => sum + floor, 0) <= 1,
    said({
      en: 'has floors that add up to more than 1: there is no more traffic than all of it',
      fr: 'a des planchers dont la somme dépasse 1 : il n’y a pas plus que tout le trafic',
    }),
  )
  .refine(
    (list) => list.reduce((sum, { ceiling }) => sum + ceiling, 0) >= 1 - 1e-9,
    said({
      en: 'has ceilings that add up to less than 1: somebody has to get the rest of the traffic',
      fr: 'a des plafonds dont la somme est inférieure à 1 : il faut bien que quelqu’un reçoive le reste du trafic',
    }),
  )

const goal = z.object({
  metricId: z.uuid(said({ en: 'is no id of a metric', fr: 'n’est pas l’identifiant d’une métrique' })),
  role: z.enum(['goal', 'secondary', 'guardrail']).default('goal'),
})

const goals = z
  .array(goal)
  .refine((list) => list.length <= 20, said({ en: 'has more than 20 metrics', fr: 'a plus de 20 métriques' }))
  .refine(
    (list) => new Set(list.map(({ metricId }) => metricId)).size === list.length,
    said({
      en: 'has the same metric twice: give it one role',
      fr: 'a deux fois la même métrique : donnez-lui un seul rôle',
    }),
  )

const timeOfDay = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d$/,
    said({ en: 'is no time of day; write it as "08:30"', fr: 'n’est pas une heure ; écrivez « 08:30 »' }),
  )

export const activeHoursInput = z.strictObject({
  timeZone: z.string().refine(
    isTimeZone,
    said({
      en: 'is no time zone; write one of IANA’s, such as "Europe/Paris"',
      fr: 'n’est pas un fuseau horaire ; écrivez-en un de l’IANA, tel que « Europe/Paris »',
    }),
  ),
  from: timeOfDay,
  to: timeOfDay,
  /** ISO: 1 is Monday. */
  weekdays: z
    .array(
      z
        .int()
        .min(1, said({ en: 'is below 1, which is Monday', fr: 'est inférieur à 1, qui est lundi' }))
        .max(7, said({ en: 'is above 7, which is Sunday', fr: 'dépasse 7, qui est dimanche' })),
    )
    .refine(
      (days) => days.length > 0,
      said({
        en: 'is empty: nobody would ever get in; leave it out for all days',
        fr: 'est vide : personne n’entrerait jamais ; omettez-le pour tous les jours',
      }),
    )
    .refine(
      (days) => new Set(days).size === days.length,
      said({ en: 'names a day twice', fr: 'nomme deux fois un jour' }),
    )
    .optional(),
})

const namespaceInput = z.object({ name, from: share, to: share }).refine(
  ({ from, to }) => from < to,
  said({
    en: 'has "from" that is not below "to": nobody would be in it',
    fr: 'a un début qui n’est pas inférieur à la fin : personne n’y serait',
  }),
)

const forced = z
  .array(z.object({ subject: name, variant: key }))
  .refine((list) => list.length <= 100, said({ en: 'has more than 100 subjects', fr: 'a plus de 100 sujets' }))
  .refine(
    (list) => new Set(list.map(({ subject }) => subject)).size === list.length,
    said({ en: 'names a subject twice', fr: 'nomme deux fois un sujet' }),
  )

/** What a new experiment needs. */
export const experimentInput = z
  .object({
    key,
    name,
    hypothesis: text(2_000).default(''),
    kind: z.enum(['test', 'bandit', 'holdout']).default('test'),
    /** Short for a conversion metric of this event as the first goal. */
    goal: text(64)
      .refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))
      .optional(),
    goals: goals.default([]),
    variants,
    coverage: share.default(1),
    condition: conditionInput.nullable().default(null),
    activeHours: activeHoursInput.nullable().default(null),
    namespace: namespaceInput.nullable().default(null),
    holdoutId: z
      .uuid(said({ en: 'is no id of an experiment', fr: 'n’est pas l’identifiant d’une expérience' }))
      .nullable()
      .default(null),
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
    const refuse = (path: (string | number)[], words: Told) =>
      context.addIssue({ code: 'custom', path, ...issueWords(words) })
    if (input.goal === undefined && !input.goals.some(({ role }) => role === 'goal'))
      refuse(['goals'], {
        en: 'has no metric that decides; name one, or an event as "goal"',
        fr: 'n’a pas de métrique qui décide ; nommez-en une, ou un événement comme objectif',
      })
    for (const [index, { variant }] of input.forced.entries())
      if (!input.variants.some((candidate) => candidate.key === variant))
        refuse(['forced', index, 'variant'], {
          en: `is no variant; they are: ${keysOf(input.variants)}`,
          fr: `n’est pas une variante ; ce sont : ${keysOf(input.variants)}`,
        })
    if (input.startsAt && input.stopsAt && input.stopsAt <= input.startsAt)
      refuse(['stopsAt'], {
        en: 'is not after startsAt: it would stop before it starts',
        fr: 'n’est pas après le démarrage : elle s’arrêterait avant de démarrer',
      })
    if (input.kind !== 'bandit' && Object.keys(input.bandit).length > 0)
      refuse(['bandit'], {
        en: `is for bandits, and this is a ${input.kind}; leave it out, or set kind to "bandit"`,
        fr: `est pour les bandits, et ceci n’en est pas un ; omettez-le, ou choisissez le type bandit`,
      })
    const expected = Object.values(holdoutKeys)
    if (input.kind === 'holdout' && keysOf(input.variants) !== expected.join(', '))
      refuse(['variants'], {
        en: `of a holdout are "${expected.join('" and "')}", in this order`,
        fr: `d’un groupe témoin sont « ${expected.join(' » et « ')} », dans cet ordre`,
      })
    if (input.kind === 'holdout' && input.holdoutId)
      refuse(['holdoutId'], {
        en: 'is for experiments, and this is a holdout itself; leave it out',
        fr: 'est pour les expériences, et ceci est un groupe témoin ; omettez-le',
      })
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
