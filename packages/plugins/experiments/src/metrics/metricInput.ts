import { issueWords, said, type Told } from '@espalier/core'
import { z } from 'zod'
import { conditionProblems } from '../assignment/conditionInput.ts'
import type { JsonValue } from '../json.ts'
import { key, name, text } from '../naming.ts'
import type { MetricKind } from './metric.ts'

const eventName = text(64).refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))

const currencies = new Set(Intl.supportedValuesOf('currency'))

const days = z
  .int(said({ en: 'must be a whole number of days', fr: 'doit être un nombre entier de jours' }))
  .refine(
    (value) => value >= 0 && value <= 365,
    said({ en: 'must be from 0 to 365 days', fr: 'doit être de 0 à 365 jours' }),
  )

/** The longest time after an exposure in which an event can count, in hours: a year. */
export const maxWindowHours = 365 * 24

const fields = z.object({
  key,
  name,
  description: text(2_000).default(''),
  kind: z.enum(['conversion', 'count', 'value', 'ratio', 'engagement', 'retention']),
  event: eventName.nullable().default(null),
  filter: z.custom<JsonValue>().nullable().default(null),
  property: text(128)
    .refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))
    .nullable()
    .default(null),
  currency: z
    .string()
    .refine(
      (code) => currencies.has(code),
      said({
        en: 'must be a currency of ISO 4217, such as "EUR"',
        fr: 'doit être une devise de la norme ISO 4217, telle que « EUR »',
      }),
    )
    .nullable()
    .default(null),
  numeratorId: z.guid().nullable().default(null),
  denominatorId: z.guid().nullable().default(null),
  retentionFrom: days.nullable().default(null),
  retentionTo: days.nullable().default(null),
  windowHours: z
    .int(said({ en: 'must be a whole number of hours', fr: 'doit être un nombre entier d’heures' }))
    .refine(
      (hours) => hours >= 1 && hours <= maxWindowHours,
      said({ en: 'must be from 1 hour to 8,760 (a year)', fr: 'doit être de 1 heure à 8 760 (un an)' }),
    )
    .nullable()
    .default(null),
  cap: z
    .number()
    .refine((value) => value > 0, said({ en: 'must be above 0', fr: 'doit être supérieur à 0' }))
    .nullable()
    .default(null),
  capPercentile: z
    .number()
    .refine(
      (share) => share > 0 && share < 1,
      said({
        en: 'must be above 0 and below 1, such as 0.99',
        fr: 'doit être supérieur à 0 et inférieur à 1, par exemple 0,99',
      }),
    )
    .nullable()
    .default(null),
  higherIsBetter: z.boolean().default(true),
})

type Fields = z.output<typeof fields>
type Detail = keyof Omit<Fields, 'key' | 'name' | 'description' | 'kind' | 'higherIsBetter'>

/** What each kind is made of. What is in neither list has no meaning for it, and is refused. */
const details: Readonly<Record<MetricKind, { needs: readonly Detail[]; takes: readonly Detail[] }>> = {
  conversion: { needs: ['event'], takes: ['filter', 'windowHours'] },
  count: { needs: ['event'], takes: ['filter', 'windowHours', 'cap', 'capPercentile'] },
  value: { needs: ['event'], takes: ['filter', 'property', 'currency', 'windowHours', 'cap', 'capPercentile'] },
  ratio: { needs: ['numeratorId', 'denominatorId'], takes: [] },
  engagement: { needs: [], takes: ['filter', 'windowHours', 'cap', 'capPercentile'] },
  retention: { needs: ['retentionFrom', 'retentionTo'], takes: ['event', 'filter'] },
}

const allDetails: readonly Detail[] = [
  ...new Set(Object.values(details).flatMap(({ needs, takes }) => [...needs, ...takes])),
]

/** What a new metric needs: each kind its own. */
export const metricInput = fields.superRefine((input, context) => {
  const wrong = (path: Detail, words: Told) => context.addIssue({ code: 'custom', path: [path], ...issueWords(words) })
  const { needs, takes } = details[input.kind]
  for (const detail of needs)
    if (input[detail] === null)
      wrong(detail, {
        en: `is missing: a metric of the kind ${input.kind} needs it`,
        fr: `manque : une métrique de ce type (${input.kind}) en a besoin`,
      })
  for (const detail of allDetails)
    if (input[detail] !== null && !needs.includes(detail) && !takes.includes(detail))
      wrong(detail, {
        en: `has no meaning for a metric of the kind ${input.kind}. Leave it out`,
        fr: `n’a pas de sens pour une métrique de ce type (${input.kind}). Omettez-le`,
      })
  if (input.kind === 'value' && (input.property === null) === (input.currency === null))
    wrong('property', {
      en: 'or currency must be given, and not both: the amount is a property, or what the event is worth',
      fr: 'ou la devise doit être donné, pas les deux : le montant est une propriété, ou ce que vaut l’événement',
    })
  if (input.cap !== null && input.capPercentile !== null)
    wrong('capPercentile', {
      en: 'and cap exclude each other. Leave one out',
      fr: 'et le plafond s’excluent. Omettez-en un',
    })
  if (input.retentionFrom !== null && input.retentionTo !== null && input.retentionFrom >= input.retentionTo)
    wrong('retentionTo', {
      en: `must be after retentionFrom, which is ${input.retentionFrom}`,
      fr: `doit être après retentionFrom, qui vaut ${input.retentionFrom}`,
    })
  for (const { path, message } of input.filter === null ? [] : conditionProblems(input.filter))
    context.addIssue({ code: 'custom', path: ['filter', ...path], ...issueWords(message) })
})

/** What may change of a metric; once a started experiment is judged by it, only name and description. */
export const metricChange = z.object({
  key: key.optional(),
  name: name.optional(),
  description: fields.shape.description.removeDefault().optional(),
  event: fields.shape.event.removeDefault().optional(),
  filter: fields.shape.filter.removeDefault().optional(),
  property: fields.shape.property.removeDefault().optional(),
  currency: fields.shape.currency.removeDefault().optional(),
  retentionFrom: fields.shape.retentionFrom.removeDefault().optional(),
  retentionTo: fields.shape.retentionTo.removeDefault().optional(),
  windowHours: fields.shape.windowHours.removeDefault().optional(),
  cap: fields.shape.cap.removeDefault().optional(),
  capPercentile: fields.shape.capPercentile.removeDefault().optional(),
  higherIsBetter: z.boolean().optional(),
})

export type MetricInput = z.input<typeof metricInput>
export type MetricChange = z.input<typeof metricChange>
