import { EspalierError } from './errors.ts'

/** How one installation is talked to. */
export interface Connection {
  /** Without a slash at its end. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly credentials: RequestCredentials | undefined
  readonly fetch: typeof fetch
}

export interface Exchange {
  readonly path: string
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Until the answer is there in full. Milliseconds. */
  readonly timeoutMs: number
}

/**
 * Sends JSON and reads the JSON that comes back, whatever its status.
 *
 * @throws EspalierError NETWORK, TIMEOUT, BAD_REQUEST or BAD_RESPONSE; the signal's reason where it aborts
 */
export async function exchange(
  connection: Connection,
  { timeoutMs, ...asked }: Exchange,
): Promise<{ response: Response; body: unknown }> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = asked.signal ? AbortSignal.any([asked.signal, timeout]) : timeout
  try {
    const response = await post(connection, { ...asked, signal })
    const text = await response.text()
    return { response, body: parsed(text, response) }
  } catch (error) {
    if (timeout.aborted && !asked.signal?.aborted)
      throw new EspalierError('TIMEOUT', `${connection.url}${asked.path} has not answered within ${timeoutMs} ms.`)
    throw asNetworkError(error, connection, asked)
  }
}

/** Sends JSON. @throws EspalierError BAD_REQUEST for what cannot be sent, or what fetch throws */
export async function post(
  { url, headers, credentials, fetch }: Connection,
  { path, body, headers: more, signal }: Omit<Exchange, 'timeoutMs'>,
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    ...sendable({ accept: 'application/json', ...headers, ...more, 'content-type': 'application/json' }, body),
    ...(credentials && { credentials }),
    ...(signal && { signal }),
  })
}

/** JSON has no BigInt and no circles, a header no line breaks: no connection would help. */
function sendable(headers: Record<string, string>, body: object): { headers: Headers; body: string } {
  try {
    return { headers: new Headers(headers), body: JSON.stringify(body) }
  } catch (cause) {
    throw new EspalierError('BAD_REQUEST', `This cannot be sent: ${reasonOf(cause)}.`, {}, { cause })
  }
}

/** What a connection that broke is to callers; what they aborted themselves stays as it is. */
export function asNetworkError(
  error: unknown,
  { url }: Connection,
  { path, signal }: Pick<Exchange, 'path' | 'signal'>,
): unknown {
  if (error instanceof EspalierError) return error
  if (signal?.aborted) return signal.reason
  return new EspalierError('NETWORK', `${url}${path} cannot be reached: ${reasonOf(error)}.`, {}, { cause: error })
}

/** The seconds of `Retry-After`; the date that it may be instead is turned into them. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const given = headers.get('retry-after')
  if (given === null) return undefined
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

function parsed(text: string, response: Response): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // A proxy in between, mostly.
    throw new EspalierError(
      'BAD_RESPONSE',
      `${response.url} answered ${response.status} with something that is no JSON: ${text.slice(0, 100)}`,
      { status: response.status, retryAfterSeconds: retryAfterOf(response) },
      { cause },
    )
  }
}

/** Node says no more than "fetch failed"; why stands in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string }
  return cause?.code ?? cause?.message ?? message ?? String(error)
}
