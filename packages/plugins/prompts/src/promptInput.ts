import { z } from 'zod'
import { variablesInput } from './variables.ts'

/** "landing-pages.write-variant": the plugin or the field, a dot, and what it is for. */
export const promptName = z
  .string()
  .regex(
    /^(?=.{3,100}$)[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/,
    'is no name of a prompt; write it as "pages.write-headline": lower-case words joined by hyphens, with one dot',
  )

export const language = z.enum(['en', 'fr'], 'is no language of prompts; they are "en" and "fr"')

/** Text of at most so many characters; not by `.max()`, which trusts whatever has a length. */
const text = (most: number) => z.string().refine((value) => value.length <= most, `has more than ${most} characters`)

/** How a model is asked, where it is not as the workspace says. */
export const parametersInput = z.strictObject({
  model: text(200)
    .refine((name) => name.trim().length > 0, 'is empty; leave it out for the model of the workspace')
    .optional(),
  temperature: z.number().gte(0, 'is below 0').lte(2, 'is above 2').optional(),
  topP: z.number().gt(0, 'is not above 0').lte(1, 'is above 1').optional(),
  maxOutputTokens: z.int('is no whole number').gte(1, 'is below 1').lte(200_000, 'is above 200,000').optional(),
})

const wording = {
  system: z.string().default(''),
  template: z.string().refine((value) => value.trim().length > 0, 'is empty: the model would be told nothing'),
}

const variantFields = {
  language,
  ...wording,
  parameters: parametersInput.default({}),
  note: text(2_000).default(''),
}

/** What a new version of a prompt needs. */
export const variantInput = z.object({
  ...variantFields,
  /** The variant that it was made from. Default: the active one, or else the latest, of the language. */
  parentId: z.guid('is no id of a variant').nullable().default(null),
})

/** What a new prompt needs: its first variant is active. */
export const promptInput = z.object({
  name: promptName,
  description: text(2_000).default(''),
  variables: variablesInput.default([]),
  variant: z.object(variantFields),
})

export type VariantInput = z.input<typeof variantInput>
export type PromptInput = z.input<typeof promptInput>
