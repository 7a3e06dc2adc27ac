import type { IncomingMessage } from 'node:http'
import { httpError } from './errors.ts'

/**
 * What a request failed with; BODY_INCOMPLETE where its client went away before the body had come. That happens on any bad line, and
 * whoever means harm can have it happen: it is no fault of ours that somebody should be woken by.
 */
export function unlessBrokenOff(error: unknown, incoming: IncomingMessage | undefined): unknown {
  if (!incoming?.destroyed || incoming.complete) return error
  // Node's "Error: aborted", which comes as a text, too, and fetch's AbortError.
  return /abort/i.test(String(error))
    ? httpError('BODY_INCOMPLETE', [incoming.headers['content-length'] ?? '?'])
    : error
}
