import type { z } from 'zod'
import { invalidInput } from './schema/validation.ts'

/**
 * What a schema makes of an input: defaults filled in, texts trimmed.
 *
 * @throws InvalidInputError with the path of every wrong field, under `input`, and the value that was given
 */
export function checkInput<Schema extends z.ZodType>(schema: Schema, input: z.input<Schema>): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ['input', ...issue.path] }))
  throw invalidInput({ issues }, { input })
}
