import { said } from '@espalier/core'
import { z } from 'zod'
import { variablesInput } from './variables.ts'

/** "landing-pages.write-variant": the plugin or the field, a dot, and what it is for. */
export const promptName = z.string().regex(
  /^(?=.{3,100}$)[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/,
  said({
    en: 'is no name of a prompt; write it as "pages.write-headline": lower-case words joined by hyphens, with one dot',
    fr: 'n’est pas un nom de prompt ; écrivez « pages.write-headline » : des mots en minuscules joints par des tirets, avec un point',
  }),
)

export const language = z.enum(
  ['en', 'fr'],
  said({
    en: 'is no language of prompts; they are "en" and "fr"',
    fr: 'n’est pas une langue de prompts ; ce sont « en » et « fr »',
  }),
)

/** Text of at most so many characters; not by `.max()`, which trusts whatever has a length. */
const text = (most: number) =>
  z
    .string()
    .refine(
      (value) => value.length <= most,
      said({ en: `has more than ${most} characters`, fr: `dépasse ${most} caractères` }),
    )

/** How a model is asked, where it is not as the workspace says. */
export const parametersInput = z.strictObject({
  model: text(200)
    .refine(
      (name) => name.trim().length > 0,
      said({
        en: 'is empty; leave it out for the model of the workspace',
        fr: 'est vide ; omettez-le pour le modèle de l’espace',
      }),
    )
    .optional(),
  temperature: z
    .number()
    .gte(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
    .lte(2, said({ en: 'is above 2', fr: 'dépasse 2' }))
    .optional(),
  topP: z
    .number()
    .gt(0, said({ en: 'is not above 0', fr: 'n’est pas supérieur à 0' }))
    .lte(1, said({ en: 'is above 1', fr: 'dépasse 1' }))
    .optional(),
  maxOutputTokens: z
    .int(said({ en: 'is no whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is below 1', fr: 'est inférieur à 1' }))
    .lte(200_000, said({ en: 'is above 200,000', fr: 'dépasse 200 000' }))
    .optional(),
})

const wording = {
  system: z.string().default(''),
  template: z
    .string()
    .refine(
      (value) => value.trim().length > 0,
      said({ en: 'is empty: the model would be told nothing', fr: 'est vide : rien ne serait dit au modèle' }),
    ),
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

/** What may change of a prompt that no plugin brings: not its name, which code asks for. */
export const promptChange = z.object({ description: text(2_000).optional() })

export type PromptChange = z.input<typeof promptChange>
export type VariantInput = z.input<typeof variantInput>
export type PromptInput = z.input<typeof promptInput>
