import { said } from '@espalier/core'
import { z } from 'zod'
import { conditionInput } from '../assignment/conditionInput.ts'
import { activeHoursInput, ceiling, variantInput, weight } from '../experimentInput.ts'
import { key, text } from '../naming.ts'

const keys = z
  .array(key)
  .refine(
    (list) => new Set(list).size === list.length,
    said({ en: 'names a variant twice', fr: 'nomme deux fois une variante' }),
  )

const weights = z
  .array(
    z.object({
      variant: key,
      weight,
      floor: z
        .number()
        .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
        .lt(1, said({ en: 'is 1 or more', fr: 'vaut 1 ou plus' }))
        .optional(),
      ceiling: ceiling.optional(),
    }),
  )
  .refine(
    (list) => new Set(list.map(({ variant }) => variant)).size === list.length,
    said({ en: 'names a variant twice', fr: 'nomme deux fois une variante' }),
  )

/**
 * What may change while an experiment runs. All of it begins a new phase, but for `stopsAt`. Goals and rules are not
 * among it: who changes what decides after having seen results decides by them.
 */
export const liveChange = z
  .strictObject({
    /** Of the variants that are named; the others keep theirs. */
    weights: weights.default([]),
    add: z.array(variantInput).default([]),
    /** Nobody gets them any more; their results stay. */
    retire: keys.default([]),
    coverage: z
      .number()
      .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
      .max(1, said({ en: 'is above 1', fr: 'dépasse 1' }))
      .optional(),
    condition: conditionInput.nullable().optional(),
    activeHours: activeHoursInput.nullable().optional(),
    stopsAt: z.date().nullable().optional(),
    why: text(500).optional(),
  })
  .refine(
    ({ why: _why, weights, add, retire, ...others }) =>
      weights.length + add.length + retire.length > 0 || Object.values(others).some((value) => value !== undefined),
    said({
      en: 'changes nothing: name weights, variants, coverage, condition, activeHours or stopsAt',
      fr: 'ne change rien : donnez des poids, des variantes, une part, une condition, des heures ou une date d’arrêt',
    }),
  )

export type LiveChangeInput = z.input<typeof liveChange>
export type CheckedLiveChange = z.output<typeof liveChange>
