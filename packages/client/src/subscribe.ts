import { createParser } from 'eventsource-parser'
import { EspalierError } from './errors.ts'
import { asNetworkError, type Connection, post } from './exchange.ts'
import { dataOf } from './graphqlAnswer.ts'
import { pauseAfter, type RetryOptions, sleep } from './retry.ts'

/** What ends a subscription, and who hears of interruptions. */
export interface SubscriptionOptions {
  /** Ends it: the loop throws the signal's reason. Leaving the loop ends it too. */
  signal?: AbortSignal
  /** Hears that the connection was lost and is made again. */
  onInterrupted?: (error: EspalierError) => void
}

export interface Subscription {
  readonly path: string
  readonly body: object
  readonly retry: Required<RetryOptions>
}

/** The server says something every 12 seconds; a line that is silent for longer than this is dead. Milliseconds. */
const silenceMs = 40_000

/**
 * Follows a subscription over server-sent events. A connection that breaks is made again, with pauses that grow; what a
 * subscription tells is the state as of now, so the first result after that is all that was missed. It ends when the server
 * completes it.
 *
 * @throws EspalierError where it is refused, or cannot be reached at first for as often as the policy of retries says
 */
export async function* subscribe(
  connection: Connection,
  subscription: Subscription,
  { signal, onInterrupted }: SubscriptionOptions,
): AsyncGenerator<unknown, void, undefined> {
  let policy = subscription.retry
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    // Of this connection: leaving the loop ends it, and a dead line is given up.
    const line = new AbortController()
    const end = () => line.abort(signal?.reason)
    signal?.addEventListener('abort', end, { once: true })
    try {
      for await (const event of events(connection, subscription, line)) {
        if (event === 'complete') return
        const data = dataOf(event.answer)
        failures = 0
        policy = outlasting(subscription.retry)
        yield data
      }
      throw new EspalierError('NETWORK', `${connection.url} ended the connection.`)
    } catch (thrown) {
      const error = signal?.aborted ? signal.reason : asNetworkError(thrown, connection, { path: subscription.path })
      failures += 1
      const pause = pauseOf(error, failures, policy)
      if (pause === undefined) throw error
      onInterrupted?.(error as EspalierError)
      await sleep(pause, signal)
    } finally {
      signal?.removeEventListener('abort', end)
      line.abort()
    }
  }
}

/** What has worked once is tried again for as long as it takes: a server that restarts, a laptop that sleeps. */
function outlasting(retry: Required<RetryOptions>): Required<RetryOptions> {
  return retry.attempts > 1 ? { ...retry, attempts: Number.POSITIVE_INFINITY } : retry
}

/** A reader that was too slow is cut off, and may come back. */
function pauseOf(error: unknown, failures: number, retry: Required<RetryOptions>): number | undefined {
  const stalled = error instanceof EspalierError && error.code === 'SUBSCRIBER_STALLED'
  return pauseAfter(stalled ? new EspalierError('NETWORK', error.message) : error, failures, retry)
}

type Event = 'complete' | { readonly answer: unknown }

async function* events(
  connection: Connection,
  { path, body }: Subscription,
  line: AbortController,
): AsyncGenerator<Event, void, undefined> {
  let watch = setTimeout(giveUp, silenceMs)
  function giveUp() {
    line.abort(new EspalierError('TIMEOUT', `${connection.url} has said nothing for ${silenceMs / 1000} s.`))
  }
  try {
    const headers = { accept: 'text/event-stream' }
    const response = await post(connection, { path, body, headers, signal: line.signal })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      dataOf(await response.json().catch(() => undefined), response)
      throw new EspalierError('BAD_RESPONSE', `${response.url} answered with no stream.`, { status: response.status })
    }
    const waiting: Event[] = []
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === 'complete') waiting.push('complete')
        else if (event === 'next') waiting.push({ answer: JSON.parse(data) })
      },
    })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(watch)
      parser.feed(decoder.decode(value, { stream: true }))
      yield* waiting.splice(0)
      // Not before: while the caller works on a result, nobody listens.
      watch = setTimeout(giveUp, silenceMs)
    }
  } catch (error) {
    throw line.signal.reason instanceof EspalierError ? line.signal.reason : error
  } finally {
    clearTimeout(watch)
  }
}
