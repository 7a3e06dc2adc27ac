import { problem } from '../errors.ts'
import type { Outcome, RateProblem } from './transport.ts'

const provider = 'AWS SES'
/** How long an account that takes nothing is left alone; seconds. */
const holdSeconds = 600

interface SesError extends Error {
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/**
 * What an error of SendEmail means. Whatever is not known to have been refused may have been taken: an answer that did not come, and
 * one of the 500s, after which SES has been seen to send.
 */
export function sesOutcome(thrown: unknown): Outcome {
  const error = thrown as SesError
  const status = error.$metadata?.httpStatusCode
  const answer = sentence(error)
  if (neverConnected(error)) return { kind: 'notTaken', problem: problem('UNREACHABLE', provider, answer) }
  if (isThrottling(error, status)) {
    if (/daily|quota/i.test(error.message)) {
      return { kind: 'held', problem: problem('DAILY_QUOTA', provider, answer), seconds: holdSeconds }
    }
    return { kind: 'throttled', problem: problem('TOO_FAST', provider, answer) }
  }
  if (isAccountProblem(error, status)) {
    return { kind: 'held', problem: problem('ACCOUNT_HELD', provider, answer), seconds: holdSeconds }
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: 'refused', problem: problem('REFUSED', provider, answer) }
  }
  return { kind: 'unknown', problem: problem('OUTCOME_UNKNOWN', provider, answer) }
}

/** What an error of GetAccount means. @param held whether it says that the account sends nothing */
export function sesRateProblem(thrown: unknown, held = false): RateProblem {
  const error = thrown as SesError
  if (held || isAccountProblem(error, error.$metadata?.httpStatusCode)) {
    return { problem: problem('ACCOUNT_HELD', provider, sentence(error)), seconds: holdSeconds, held: true }
  }
  return { problem: problem('UNREACHABLE', provider, sentence(error)), seconds: 60, held: false }
}

/** Nothing but a connection was attempted. */
function neverConnected({ code, name, message }: SesError): boolean {
  if (name === 'TimeoutError') return message.includes('did not establish a connection')
  return (
    code !== undefined && (unreachable.has(code) || /^(ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code))
  )
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])

function isThrottling({ name }: SesError, status: number | undefined): boolean {
  return status === 429 || /^(TooManyRequests|Throttling|LimitExceeded)/.test(name)
}

function isAccountProblem({ name }: SesError, status: number | undefined): boolean {
  return status === 401 || status === 403 || accountProblems.has(name)
}

const accountProblems = new Set(['AccountSuspendedException', 'SendingPausedException', 'CredentialsProviderError'])

function sentence({ name, code, message }: SesError): string {
  const text = (message || code || name || 'no reason given').replace(/\s+/g, ' ').trim().slice(0, 500)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
