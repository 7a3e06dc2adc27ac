import { InvalidInputError } from '../errors.ts'

/** An issue of any validator that speaks Standard Schema; zod adds `code`. */
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  readonly code?: string
}

/** What validation raises: each issue with the path to its field and, unless it may be a secret, the value. */
export function invalidInput(failure: { issues: readonly Issue[] }, args: object): InvalidInputError {
  return new InvalidInputError(
    failure.issues.map((issue) => {
      const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
      return {
        path: path.map(String).join('.'),
        code: (issue.code ?? 'invalid').toUpperCase(),
        message: `${issue.message.replace(/\.?$/, '.')}${given(args, path)}`,
      }
    }),
  )
}

const mayBeSecret = /password|secret|token|key|credential/i

function given(args: object, path: PropertyKey[]): string {
  if (path.some((part) => mayBeSecret.test(String(part)))) return ''
  const value = path.reduce<unknown>(
    (parent, part) => (parent as Record<PropertyKey, unknown> | undefined)?.[part],
    args,
  )
  if (value === undefined || (typeof value === 'object' && value !== null)) return ''
  const text = JSON.stringify(value)
  return ` Given: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`
}
