import type { Subject } from '../assignment/decision.ts'
import type { ErrorCode } from './wire.ts'

/** Why a request is not evaluated. */
export interface Refusal {
  readonly errorCode: ErrorCode
  readonly errorDetails: string
}

/** Longer ones are no ids, and would be hashed for every experiment. */
const maxKeyLength = 500

/** Whom a request is about: `{ "context": { "targetingKey": "…", …attributes } }`. */
export function readSubject(body: string): Subject | Refusal {
  const json = parsed(body)
  if (json === undefined) return refusal('PARSE_ERROR', 'The body is not JSON.')
  const context = isObject(json) ? json.context : undefined
  if (!isObject(context))
    return refusal('INVALID_CONTEXT', 'context: is missing. Send {"context": {"targetingKey": "…"}}.')
  const { targetingKey, ...attributes } = context
  if (targetingKey === undefined || targetingKey === null || targetingKey === '')
    return refusal('TARGETING_KEY_MISSING', 'context.targetingKey: is missing. Send whom the flag is for.')
  if (typeof targetingKey !== 'string' || targetingKey.length > maxKeyLength)
    return refusal('INVALID_CONTEXT', `context.targetingKey: is no text of at most ${maxKeyLength} characters.`)
  return { id: targetingKey, attributes }
}

export function isRefusal(read: Subject | Refusal): read is Refusal {
  return 'errorCode' in read
}

function refusal(errorCode: ErrorCode, errorDetails: string): Refusal {
  return { errorCode, errorDetails }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
