import { InvalidInputError } from '../errors.ts'
import { issueTold, type SchemaIssue, valueAt } from '../schemaWords.ts'

/** What validation raises: each issue with the path to its field and, unless it may be a secret, the value. */
export function invalidInput(failure: { issues: readonly SchemaIssue[] }, args: object): InvalidInputError {
  return new InvalidInputError(
    failure.issues.map((issue) => {
      const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
      const words = issueTold(issue, args)
      const shown = path.some((part) => mayBeSecret.test(String(part))) ? undefined : shownValue(valueAt(args, path))
      const sentence = (text: string, given: string) =>
        `${text.replace(/\.?$/, '.')}${shown ? ` ${given}${shown}` : ''}`
      return {
        path: path.map(String).join('.'),
        code: (issue.code ?? 'invalid').toUpperCase(),
        message: { en: sentence(words.en, 'Given: '), fr: sentence(words.fr, 'Reçu : ') },
      }
    }),
  )
}

const mayBeSecret = /password|secret|token|key|credential/i

function shownValue(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) return undefined
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
