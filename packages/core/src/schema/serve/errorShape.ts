import type { IncomingMessage } from 'node:http'
import { PothosValidationError } from '@pothos/core'
import { GraphQLError } from 'graphql'
import { InvalidInputError, RateLimitedError, RequestError } from '../../errors.ts'
import { unlessBrokenOff } from '../../http/brokenOff.ts'
import { issuesIn, maskedMessage } from '../../http/errorResponse.ts'
import { IdempotencyError } from '../../idempotency/idempotencyError.ts'
import { told } from '../../told.ts'
import { asTooSlow } from '../../tooSlow.ts'
import { asUnavailable } from '../../unavailable.ts'

export interface ErrorShapeOptions {
  readonly traceId: string
  /** Of whoever asked: "en", "fr". */
  readonly locale: string
  readonly production: boolean
  /** Of a request that came over a socket, what tells whether it came whole. */
  readonly incoming?: IncomingMessage | undefined
  /** Whether messages may tell names of the schema that the client did not send. */
  readonly suggestions: boolean
  /** Hears of errors that are nobody's intention. */
  readonly onUnexpected: (error: unknown) => void
}

/**
 * An error as clients get it: always with a code and a trace id. Errors raised for the caller keep their
 * message; any other is masked in production, and logged.
 */
export function shapeError(error: GraphQLError | Error, options: ErrorShapeOptions): GraphQLError {
  const cause = unlessBrokenOff(rootCause(error), options.incoming)
  const located = error instanceof GraphQLError ? error : undefined
  const { code, message, extensions } = describe(error, cause, options)
  const shaped = new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    extensions: { ...extensions, code, traceId: options.traceId },
  })
  // Beside it other fields may have succeeded: the whole answer does not fail with it.
  if (located?.path) delete shaped.extensions.http
  return shaped
}

/**
 * Before the execution, what graphql-js finds is about the client's document. From within it, only what carries
 * a code was thrown on purpose: the executor's own complaints quote values that a resolver got wrong.
 */
function isForClients(cause: GraphQLError, error: Error | GraphQLError): boolean {
  return typeof cause.extensions?.code === 'string' || !('path' in error && error.path)
}

interface Description {
  code: string
  message: string
  extensions: Record<string, unknown>
}

function describe(error: Error | GraphQLError, cause: unknown, options: ErrorShapeOptions): Description {
  if (cause instanceof RequestError) return describeRequestError(cause, options.locale)
  if (cause instanceof PothosValidationError) return { code: 'INVALID_INPUT', message: cause.message, extensions: {} }
  if (cause instanceof GraphQLError && isForClients(cause, error)) {
    const { code: given, originalError: _, http, ...extensions } = cause.extensions ?? {}
    const code = typeof given === 'string' ? given : graphqlCode(cause)
    return {
      code,
      message: options.suggestions ? error.message : withoutSuggestion(error.message),
      extensions:
        'path' in error && error.path
          ? extensions
          : { ...extensions, http: { ...(http as object), ...requestStatus(code, http as { status?: number }) } },
    }
  }
  options.onUnexpected(cause)
  const tooSlow = asTooSlow(cause)
  if (tooSlow) return describeRequestError(tooSlow, options.locale)
  const unavailable = asUnavailable(cause)
  if (unavailable) {
    const { code, status, retryAfterSeconds } = unavailable
    const message = told(options.locale, unavailable.told)
    return { code, message, extensions: { http: { status, headers: { 'retry-after': String(retryAfterSeconds) } } } }
  }
  return {
    code: 'INTERNAL_ERROR',
    message: options.production ? told(options.locale, maskedMessage(options.traceId)) : error.message,
    extensions: { http: { status: 500 } },
  }
}

function describeRequestError(error: RequestError, locale: string): Description {
  if (error instanceof IdempotencyError) return describeIdempotency(error, locale)
  const headers = error instanceof RateLimitedError ? { 'retry-after': String(error.retryAfterSeconds) } : undefined
  return {
    code: error.code,
    message: told(locale, error.told),
    extensions: {
      ...(error instanceof InvalidInputError ? { issues: issuesIn(locale, error) } : {}),
      ...(headers ? { http: { status: error.status, headers } } : {}),
    },
  }
}

function describeIdempotency(error: IdempotencyError, locale: string): Description {
  const { code, status, retryAfterSeconds, changed } = error
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return {
    code,
    message: told(locale, error.told),
    extensions: { ...(changed && { changed }), http: { status, headers } },
  }
}

/** What a resolver or the executor threw, under the errors that located it. */
function rootCause(error: unknown): unknown {
  let cause = error
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError
  return cause
}

function graphqlCode(error: GraphQLError): string {
  if (error.message.startsWith('Syntax Error')) return 'GRAPHQL_PARSE_FAILED'
  return error.path ? 'BAD_REQUEST' : 'GRAPHQL_VALIDATION_FAILED'
}

/**
 * Errors before the execution end the request. `spec` means what GraphQL over HTTP asks for: the status counts
 * for clients that accept application/graphql-response+json, the older application/json gets 200.
 */
function requestStatus(code: string, given: { status?: number; spec?: boolean } | undefined) {
  if (code === 'BAD_REQUEST') return { status: given?.status ?? 400, spec: false }
  return given?.status ? {} : { status: 400, spec: true }
}

/** graphql-js proposes names that are close to a wrong one: with it a schema can be guessed, word by word. */
function withoutSuggestion(message: string): string {
  return message.replace(/\s*Did you mean [^?]*\?/g, '')
}
