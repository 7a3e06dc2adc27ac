import { IdempotencyError } from './idempotencyError.ts'

/**
 * The key of a request: a string of RFC 9651 (`"8e03978e-…"`), as draft-ietf-httpapi-idempotency-key-header asks for, or the
 * bare text that most clients send. Both name the same key.
 *
 * @returns undefined where there is none
 * @throws IdempotencyError where it is no text of 1 to 255 printable ASCII characters
 */
export function idempotencyKeyOf(headers: Pick<Headers, 'get'>): string | undefined {
  const given = headers.get('idempotency-key')?.trim()
  if (given === undefined) return undefined
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(given)?.[1]
  const key = quoted === undefined ? given : quoted.replace(/\\(["\\])/g, '$1')
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw IdempotencyError.invalid()
  return key
}
