import { problem } from '../errors.ts'
import type { Outcome } from './transport.ts'

const provider = 'The SMTP server'
/** How long an account that takes nothing is left alone; seconds. */
const holdSeconds = 600

interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  /** Of the server: 250, 451, 550. */
  readonly responseCode?: number
  readonly response?: string
}

/**
 * What an error before any letter was named means. A server that turns us away for good, as one does that has our address on a list, says
 * nothing of the letter that happened to be first.
 */
export function smtpConnectOutcome(thrown: unknown): Outcome {
  const outcome = smtpOutcome(thrown, false)
  if (outcome.kind !== 'refused') return outcome
  const answer = sentence(thrown as SmtpError)
  return { kind: 'held', problem: problem('ACCOUNT_HELD', provider, answer), seconds: holdSeconds }
}

/**
 * What an error of SMTP means. An answer of the server is definite, whenever it comes: 5xx for good, 4xx for now (RFC 5321, 4.2.1).
 * Without one, it depends on whether the server had asked for the letter.
 *
 * @param began whether the letter was being handed over
 */
export function smtpOutcome(thrown: unknown, began: boolean): Outcome {
  const error = thrown as SmtpError
  const { responseCode } = error
  const answer = sentence(error)
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH' || responseCode === 530) {
    return { kind: 'held', problem: problem('ACCOUNT_HELD', provider, answer), seconds: holdSeconds }
  }
  if (responseCode !== undefined && responseCode >= 500 && responseCode < 600) {
    return { kind: 'refused', problem: problem('REFUSED', provider, answer) }
  }
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) {
    if (/rate|too (many|fast|much)|throttl|slow down/i.test(error.response ?? '')) {
      return { kind: 'throttled', problem: problem('TOO_FAST', provider, answer) }
    }
    return { kind: 'notTaken', problem: problem('REFUSED', provider, answer) }
  }
  if (began) return { kind: 'unknown', problem: problem('OUTCOME_UNKNOWN', provider, answer) }
  return { kind: 'notTaken', problem: problem('UNREACHABLE', provider, answer) }
}

function sentence({ response, message, code }: SmtpError): string {
  const text = (response || message || code || 'no reason given').replace(/\s+/g, ' ').trim().slice(0, 500)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
