import { z } from 'zod'

// Lengths are refinements: zod's own `.min()` and `.max()` also run on an object with a `length` of its own.

/** Text of at most `max` characters, without spaces around it. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .refine((value) => value.length <= max, `has more than ${max.toLocaleString('en')} characters`)
}

/** What people call something. */
export const name = text(120).refine((value) => value.length > 0, 'is empty')

/** What code calls something. */
export const key = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'takes lower-case letters, digits and single hyphens, such as "bold-headline"')
  .refine((value) => value.length <= 60, 'has more than 60 characters')
