import { EspalierError } from './errors.ts'
import { type Connection, exchange, retryAfterOf } from './exchange.ts'

/** Whom a variant is for. */
export interface Subject {
  /** The same for the same person: their variant hangs on it. `visitorOf` gives the one that browsers use. */
  readonly id: string
  /** What conditions of experiments ask about: `{ country: 'FR', plan: 'pro' }`. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** What somebody gets in an experiment, or of a flag. */
export interface Evaluation<Value = unknown> {
  readonly key: string
  /** Null for whoever takes part in nothing: show the control. */
  readonly variant: string | null
  /** What the variant is worth; of whoever takes part in nothing, the control's. */
  readonly value: Value
  /** OpenFeature's: SPLIT, TARGETING_MATCH, STATIC (a winner), DEFAULT, DISABLED, and ERROR for a fallback. */
  readonly reason: string
  readonly metadata: Readonly<Record<string, string | boolean>>
}

/** What is answered where Espalier does not, and how long it is waited for. */
export interface EvaluationOptions<Value = unknown> {
  /** The value where Espalier does not answer or there is no such experiment. Without it, that is thrown. */
  readonly fallback?: Value
  readonly signal?: AbortSignal
  /** Until there is a variant, repetitions and all. Milliseconds. Default: the client's. */
  readonly timeoutMs?: number
}

/** @throws EspalierError FLAG_NOT_FOUND, UNAUTHENTICATED, … */
export async function evaluate(
  connection: Connection,
  key: string,
  { id, attributes }: Subject,
  { signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs: number },
): Promise<Evaluation> {
  const { response, body } = await exchange(connection, {
    path: `/ofrep/v1/evaluate/flags/${encodeURIComponent(key)}`,
    body: { context: { ...attributes, targetingKey: id } },
    signal,
    timeoutMs,
  })
  if (!response.ok) throw refusalOf(response, body)
  const { variant = null, value, reason, metadata } = body as Evaluation
  return { key, variant, value, reason, metadata }
}

/** What a route that is not GraphQL's refuses with: OFREP's own errors, or the server's. */
export function refusalOf(response: Response, body: unknown): EspalierError {
  const { errorCode, errorDetails, error } = (body ?? {}) as {
    errorCode?: string
    errorDetails?: string
    error?: { code?: string; message?: string; traceId?: string }
  }
  return new EspalierError(
    errorCode ?? error?.code ?? 'BAD_RESPONSE',
    errorDetails ?? error?.message ?? `${response.url} answered ${response.status}.`,
    { status: response.status, retryAfterSeconds: retryAfterOf(response), traceId: error?.traceId },
  )
}
