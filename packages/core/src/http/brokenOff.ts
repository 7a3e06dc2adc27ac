import type { IncomingMessage } from 'node:http'
import { httpError } from './errors.ts'

/**
 * What a request failed with; CONNECTION_LOST where its client went away, before its body had come or before it was answered. That
 * happens on any bad line, and whoever means harm can have it happen: it is no fault of ours that somebody should be woken by.
 */
export function unlessBrokenOff(error: unknown, incoming: IncomingMessage | undefined): unknown {
  if (!incoming?.socket.destroyed) return error
  // Node's "Error: aborted", fetch's AbortError, and what the adapter gives as the reason; some come as texts.
  return /abort|prematurely closed/i.test(String(error)) ? httpError('CONNECTION_LOST', []) : error
}
