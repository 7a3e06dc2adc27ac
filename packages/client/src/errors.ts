/** One thing that is wrong with an input: where, and what. */
export interface InputIssue {
  /** From the argument down: `input.variants.0.weight`. */
  readonly path: string
  readonly code: string
  readonly message: string
}

/**
 * The codes that the client itself uses, and those of the server that programs ask for most; docs/integrating.md has them
 * all. New ones may come.
 */
export type EspalierErrorCode =
  | 'NETWORK'
  | 'TIMEOUT'
  | 'BAD_DOCUMENT'
  | 'BAD_REQUEST'
  | 'BAD_RESPONSE'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_USE'
  | 'IDEMPOTENCY_ANSWER_LOST'
  | (string & {})

/** What more is known of an error. */
export interface ErrorFacts {
  readonly status?: number | undefined
  readonly traceId?: string | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly issues?: readonly InputIssue[] | undefined
  readonly data?: unknown
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Whatever a call to Espalier ends with that is no answer. Aborting throws the signal's own reason instead. */
export class EspalierError extends Error {
  override readonly name = 'EspalierError'
  /** Stable: programs go by it, never by the message. */
  readonly code: EspalierErrorCode
  /** The HTTP status; undefined where there was no answer, or it was 200. */
  readonly status: number | undefined
  /** Names the request in the logs of the server. */
  readonly traceId: string | undefined
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number | undefined
  /** Everything that is wrong with an input. */
  readonly issues: readonly InputIssue[]
  /** What the answer has all the same, where fields of it failed. */
  readonly data: unknown
  /** All that came with it, such as `changed` of IDEMPOTENCY_ANSWER_LOST. */
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(code: EspalierErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = facts.status
    this.traceId = facts.traceId
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.issues = facts.issues ?? []
    this.data = facts.data
    this.extensions = facts.extensions ?? {}
  }
}
