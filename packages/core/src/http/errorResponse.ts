import { InvalidInputError, RateLimitedError, RequestError } from '../errors.ts'
import { type Told, told } from '../told.ts'
import { asUnavailable, UnavailableError } from '../unavailable.ts'
import { HttpError } from './errors.ts'

export interface ErrorFacts {
  readonly traceId: string
  /** Of whoever asked: "en", "fr". */
  readonly locale: string
  /** Masks what was not raised for the caller's eyes. */
  readonly production: boolean
}

/** An error as JSON: `{ error: { code, message, issues?, traceId } }`. */
export function errorResponse(thrown: unknown, facts: ErrorFacts): Response {
  const error = asUnavailable(thrown) ?? thrown
  const expected = error instanceof RequestError
  const body = {
    error: {
      code: expected ? error.code : 'INTERNAL_ERROR',
      message: expected
        ? told(facts.locale, error.told)
        : facts.production
          ? told(facts.locale, maskedMessage(facts.traceId))
          : messageOf(error),
      ...(error instanceof InvalidInputError ? { issues: issuesIn(facts.locale, error) } : {}),
      traceId: facts.traceId,
    },
  }
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  if (error instanceof RateLimitedError || error instanceof UnavailableError)
    headers.set('retry-after', String(error.retryAfterSeconds))
  if (error instanceof HttpError) for (const [name, value] of Object.entries(error.headers)) headers.set(name, value)
  return new Response(JSON.stringify(body), { status: expected ? error.status : 500, headers })
}

/** What the caller reads instead of an internal error. */
export function maskedMessage(traceId: string): Told {
  return {
    en: `Something went wrong on our side. Quote the trace id ${traceId} when you report it.`,
    fr: `Une erreur est survenue de notre côté. Citez l’identifiant de trace ${traceId} en la signalant.`,
  }
}

/** What is wrong with an input, in one language. */
export function issuesIn(locale: string, { issues }: InvalidInputError) {
  return issues.map(({ path, code, message }) => ({ path, code, message: told(locale, message) }))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
