import { type TypedDocument, textOf, type VariablesOf } from './document.ts'
import { EspalierError } from './errors.ts'
import { type Evaluation, type EvaluationOptions, evaluate, type Subject } from './evaluate.ts'
import { type Connection, exchange } from './exchange.ts'
import { dataOf } from './graphqlAnswer.ts'
import { defaultRetry, type RetryOptions, withRetries } from './retry.ts'
import { type SubscriptionOptions, subscribe } from './subscribe.ts'
import { type TrackedEvents, type TrackOptions, type TrackResult, track, trackBody } from './track.ts'

/** Where Espalier is, and how it is asked. */
export interface ClientOptions {
  /** Where Espalier is: `https://growth.example.com`. */
  url: string
  /** An API key, for servers. In browsers leave it out: the session of whoever is signed in is used. */
  key?: string
  /** Id or slug of the workspace, where a session is used and its person has several. */
  workspace?: string
  /** Which schema operations are of. Default `public`: the one that integrations may rely on. */
  schema?: 'public' | 'admin'
  /** Until an answer is there. Milliseconds, default 10,000. */
  timeoutMs?: number
  /** How often what is safe to repeat is repeated; `false`: never. */
  retry?: RetryOptions | false
  /** Names the program in the log of operations: `checkout`. */
  name?: string
  /** Version of the program. */
  version?: string
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  /** Default: the platform's. */
  fetch?: typeof fetch
}

/** How one operation is asked. */
export interface OperationOptions {
  signal?: AbortSignal
  /** Milliseconds. Default: the client's. */
  timeoutMs?: number
}

/** How one mutation is asked: with a key, it is safe to repeat. */
export interface MutationOptions extends OperationOptions {
  /**
   * 1 to 255 characters that stand for this one mutation, such as a UUID that is kept with the order. With it the mutation is
   * repeated when its answer does not come, and is carried out once all the same. Without it, it is sent once.
   */
  idempotencyKey?: string
}

/** Talks to one installation. Every method throws EspalierError; none of them is bound to `this`. */
export interface Client {
  /** Asks, again where that may help. @returns the data; where fields failed it throws, with what is there under `data` */
  query<Result, Variables>(
    document: TypedDocument<Result, Variables> | string,
    ...rest: [...VariablesOf<Variables>, options?: OperationOptions]
  ): Promise<Result>
  /** Changes something. Each mutation answers with a union: narrow it by `__typename`, or let `unwrap` throw. */
  mutate<Result, Variables>(
    document: TypedDocument<Result, Variables> | string,
    ...rest: [...VariablesOf<Variables>, options?: MutationOptions]
  ): Promise<Result>
  /** Follows: each result is the state as of now. Connections that break are made again. */
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables> | string,
    ...rest: [...VariablesOf<Variables>, options?: SubscriptionOptions]
  ): AsyncGenerator<Result, void, undefined>
  /** What somebody gets in an experiment. It counts nobody: say that it was shown with `recordExposures`, or let the browser. */
  evaluate<Value = unknown>(
    key: string,
    subject: Subject,
    options?: EvaluationOptions<Value>,
  ): Promise<Evaluation<Value>>
  /** Tells what a visitor did. Resolves when it is durable; what is sent again counts once. */
  track(events: TrackedEvents, options?: TrackOptions): Promise<TrackResult>
}

/**
 * Makes a client of the API.
 *
 * @example const client = createClient({ url: 'https://growth.example.com', key: process.env.ESPALIER_KEY })
 * @throws EspalierError BAD_URL
 */
export function createClient(options: ClientOptions): Client {
  const connection = connectionTo(options)
  const path = options.schema === 'admin' ? '/graphql' : '/graphql/public'
  const retry = { ...defaultRetry, ...(options.retry === false ? { attempts: 1 } : options.retry) }
  const once = { ...retry, attempts: 1 }
  const defaultTimeout = options.timeoutMs ?? 10_000

  const operate = async (
    document: TypedDocument<never, never> | string,
    variables: unknown,
    { signal, timeoutMs = defaultTimeout, idempotencyKey }: MutationOptions,
    policy: Required<RetryOptions>,
  ) => {
    const body = { query: textOf(document), variables: variables ?? {} }
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
    const call = async () => {
      const { response, body: answer } = await exchange(connection, { path, body, headers, signal, timeoutMs })
      return dataOf(answer, response)
    }
    return (await withRetries(call, policy, signal)) as never
  }

  return {
    query: (document, ...[variables, asked]) => operate(document as never, variables, asked ?? {}, retry),
    mutate: async (document, ...[variables, asked]) => {
      const given: MutationOptions = asked ?? {}
      return operate(document as never, variables, given, given.idempotencyKey === undefined ? once : retry)
    },
    subscribe: (document, ...[variables, asked]) =>
      subscribe(
        connection,
        { path, body: { query: textOf(document as never), variables: variables ?? {} }, retry },
        asked ?? {},
      ) as never,
    evaluate: async (key, subject, { signal, timeoutMs = defaultTimeout, ...asked } = {}) => {
      // Somebody waits to be shown something: the time is for all attempts.
      const deadline = AbortSignal.timeout(timeoutMs)
      const within = signal ? AbortSignal.any([signal, deadline]) : deadline
      try {
        const attempt = () => evaluate(connection, key, subject, { signal: within, timeoutMs })
        return (await withRetries(attempt, retry, within)) as never
      } catch (thrown) {
        const error = thrown === deadline.reason ? lateness(connection, key, timeoutMs) : thrown
        if (!('fallback' in asked) || !(error instanceof EspalierError)) throw error
        return {
          key,
          variant: null,
          value: asked.fallback as never,
          reason: 'ERROR',
          metadata: { code: error.code, message: error.message },
        }
      }
    },
    track: async (events, { signal } = {}) => {
      const body = trackBody(events, Date.now)
      return withRetries(() => track(connection, body, { signal, timeoutMs: defaultTimeout }), retry, signal)
    },
  }
}

function lateness({ url }: Connection, key: string, timeoutMs: number): EspalierError {
  return new EspalierError('TIMEOUT', `${url} has not said within ${timeoutMs} ms which variant of "${key}" it is.`)
}

function connectionTo({ url, key, workspace, name, version, headers, ...options }: ClientOptions): Connection {
  if (!/^https?:\/\/./.test(url))
    throw new EspalierError(
      'BAD_URL',
      `url: "${url}" is no address of an installation, such as https://growth.example.com.`,
    )
  return {
    url: url.replace(/\/+$/, ''),
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(workspace && { 'x-espalier-workspace': workspace }),
      ...(name && { 'x-graphql-client-name': name }),
      ...(version && { 'x-graphql-client-version': version }),
      ...headers,
    },
    // A key is all that a request needs; without one it is the cookie of the session.
    credentials: key ? undefined : 'include',
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
  }
}
