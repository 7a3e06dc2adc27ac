import { said } from '@espalier/core'
import { z } from 'zod'

// Lengths are refinements: zod's own `.min()` and `.max()` also run on an object with a `length` of its own.

/** Text of at most `max` characters, without spaces around it. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .refine(
      (value) => value.length <= max,
      said({
        en: `has more than ${max.toLocaleString('en')} characters`,
        fr: `dépasse ${max.toLocaleString('en')} caractères`,
      }),
    )
}

/** What people call something. */
export const name = text(120).refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))

/** What code calls something. */
export const key = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    said({
      en: 'takes lower-case letters, digits and single hyphens, such as "bold-headline"',
      fr: 'n’admet que minuscules, chiffres et tirets simples, comme « bold-headline »',
    }),
  )
  .refine((value) => value.length <= 60, said({ en: 'has more than 60 characters', fr: 'dépasse 60 caractères' }))
