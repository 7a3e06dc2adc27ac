import { z } from 'zod'
import { listOf, text } from '../blocks/block.ts'

/** A field that people do not see and leave empty; who fills it in is a program. Named so that programs like it. */
export const trapName = 'homepage_url'

/** A field of a form. */
export const formField = z
  .object({
    /** Under which its value is kept: "email". */
    name: z
      .string()
      .regex(
        /^[a-z][a-z0-9_-]{0,39}$/,
        'takes lower-case letters, digits, hyphens and _, at most 40, and starts with a letter',
      )
      .refine((name) => name !== trapName, `is "${trapName}", which the trap for programs is named`),
    label: text(300),
    type: z
      .enum(['text', 'email', 'tel', 'url', 'number', 'date', 'textarea', 'select', 'radio', 'checkbox'])
      .default('text'),
    required: z.boolean().default(true),
    hint: text(300).optional(),
    /** Of a select or radio. */
    options: listOf(text(120), 100)
      .refine((options) => new Set(options).size === options.length, 'has the same option twice')
      .default([]),
    /** Characters. */
    maxLength: z.int('is not a whole number').gte(1, 'is less than 1').lte(5_000, 'is more than 5,000').default(500),
    /** What browsers fill in by themselves: a token of HTML's `autocomplete`, WCAG 1.3.5. */
    autocomplete: z
      .enum([
        'name',
        'given-name',
        'family-name',
        'email',
        'tel',
        'organization',
        'organization-title',
        'street-address',
        'postal-code',
        'address-level2',
        'country-name',
        'url',
      ])
      .optional(),
  })
  .refine(({ type, options }) => (type !== 'select' && type !== 'radio') || options.length > 0, {
    path: ['options'],
    message: 'is empty, but people are to choose from it',
  })

export type FormField = z.output<typeof formField>
