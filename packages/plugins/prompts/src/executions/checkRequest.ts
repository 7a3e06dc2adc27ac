import { checkInput } from '@espalier/core'
import { z } from 'zod'
import { language, promptName } from '../promptInput.ts'
import { storable } from '../variables.ts'

const fields = z.object({
  prompt: promptName.optional(),
  variantId: z.guid('is no id of a variant').optional(),
  language: language.optional(),
  idempotencyKey: z
    .string()
    .refine(
      (key) => key.length >= 1 && key.length <= 200 && key === storable(key),
      'has to be of 1 to 200 characters, unique for what is asked',
    ),
  subject: z
    .string()
    .refine(
      (subject) => subject.length >= 1 && subject.length <= 200 && subject === storable(subject),
      'has to be of 1 to 200 characters',
    )
    .optional(),
  environment: z
    .enum(['production', 'staging', 'test'], 'is no environment; they are "production", "staging" and "test"')
    .optional(),
})

/** @throws InvalidInputError */
export function checkRequest(request: object): void {
  checkInput(fields, request as z.input<typeof fields>)
}
