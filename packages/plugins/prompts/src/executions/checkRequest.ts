import { checkInput, said } from '@espalier/core'
import { z } from 'zod'
import { language, promptName } from '../promptInput.ts'
import { storable } from '../variables.ts'

const fields = z.object({
  prompt: promptName.optional(),
  variantId: z.guid('is no id of a variant').optional(),
  language: language.optional(),
  idempotencyKey: z.string().refine(
    (key) => key.length >= 1 && key.length <= 200 && key === storable(key),
    said({
      en: 'has to be of 1 to 200 characters, unique for what is asked',
      fr: 'doit compter de 1 à 200 caractères, uniques pour ce qui est demandé',
    }),
  ),
  subject: z
    .string()
    .refine(
      (subject) => subject.length >= 1 && subject.length <= 200 && subject === storable(subject),
      said({ en: 'has to be of 1 to 200 characters', fr: 'doit compter de 1 à 200 caractères' }),
    )
    .optional(),
  environment: z
    .enum(
      ['production', 'staging', 'test'],
      said({
        en: 'is no environment; they are "production", "staging" and "test"',
        fr: 'n’est pas un environnement ; ce sont « production », « staging » et « test »',
      }),
    )
    .optional(),
})

/** @throws InvalidInputError */
export function checkRequest(request: object): void {
  checkInput(fields, request as z.input<typeof fields>)
}
