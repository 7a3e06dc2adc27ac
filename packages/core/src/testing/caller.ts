import { type DocumentNode, print } from 'graphql'
import { type ApiError, ApiFailure, type FailedOperation, UnexpectedAnswer } from './apiFailure.ts'
import { readEventStream } from './eventStream.ts'
import type { ServerLog } from './serverLog.ts'
import type { RefusalOf, SuccessOf, TypedDocument, VariablesOf } from './typedDocument.ts'

/** The whole answer to an operation. */
export interface Answer<Result> {
  readonly data?: Result | null
  readonly errors?: readonly ApiError[]
  readonly extensions?: Record<string, unknown>
}

type Variables = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: a document that is a plain string says nothing of its answer
type Untyped = any

export interface CallerParts {
  /** In messages: "a viewer". */
  readonly who: string
  /** Where the server listens. */
  readonly url: string
  /** What says who asks. */
  readonly headers: Readonly<Record<string, string>>
  readonly log: ServerLog
  /** Before every request. */
  readonly before: () => Promise<void>
}

/**
 * Somebody who uses the installation over HTTP, as people, keys and visitors do. Operations are those of `graphql(…)` of GraphQL Code
 * Generator, with the types of their variables and answers, or plain strings.
 */
export class Caller {
  /** Credentials, for what is asked without this object: a browser, a client of your own. */
  readonly headers: Readonly<Record<string, string>>
  readonly #parts: CallerParts

  constructor(parts: CallerParts) {
    this.#parts = parts
    this.headers = parts.headers
  }

  /**
   * The data of an operation.
   *
   * @throws ApiFailure when the answer has errors: a wrong document, a query that this caller may not ask
   * @example const { guestbookEntries } = await viewer.ask(GuestbookEntries, { first: 10 })
   */
  ask<Result = Untyped>(document: string, variables?: Variables): Promise<Result>
  ask<Result, Given>(document: TypedDocument<Result, Given>, ...variables: VariablesOf<Given>): Promise<Result>
  async ask(document: TypedDocument<unknown, unknown>, variables?: unknown): Promise<unknown> {
    const { data, errors } = await this.#answer(document, variables)
    if (errors) throw this.#failure(document, variables, errors)
    return data
  }

  /**
   * What a mutation made: the `data` of its success. The document has one mutation, and asks `... on Error { code message }` too.
   *
   * @throws UnexpectedAnswer when the mutation refused, with its `code`; ApiFailure as {@link ask}
   * @example const entry = await editor.mutate(ApproveEntry, { id })
   */
  mutate<Data = Untyped>(document: string, variables?: Variables): Promise<Data>
  mutate<Result, Given>(
    document: TypedDocument<Result, Given>,
    ...variables: VariablesOf<Given>
  ): Promise<SuccessOf<Result>>
  async mutate(document: TypedDocument<unknown, unknown>, variables?: unknown): Promise<unknown> {
    const { field, answer } = await this.#mutation(document, variables)
    if (isSuccess(answer)) return answer.data
    throw this.#unexpected(
      isRefusal(answer)
        ? `${field} was refused: ${answer.code}${'message' in answer ? `: ${answer.message}` : ''}`
        : `${field} answered with neither. Ask "... on ${capitalized(field)}Success { data { … } } ... on Error { code message }" of it.`,
      { document, variables, answer },
    )
  }

  /**
   * The error with which a mutation refused. The document asks `... on Error { code message }` of it.
   *
   * @throws UnexpectedAnswer when the mutation was carried out; ApiFailure as {@link ask}
   * @example expect(await viewer.refused(ApproveEntry, { id })).toMatchObject({ code: 'FORBIDDEN' })
   */
  refused<Refusal = { code: string; message: string; [field: string]: Untyped }>(
    document: string,
    variables?: Variables,
  ): Promise<Refusal>
  refused<Result, Given>(
    document: TypedDocument<Result, Given>,
    ...variables: VariablesOf<Given>
  ): Promise<RefusalOf<Result>>
  async refused(document: TypedDocument<unknown, unknown>, variables?: unknown): Promise<unknown> {
    const { field, answer } = await this.#mutation(document, variables)
    if (isRefusal(answer)) return answer
    throw this.#unexpected(
      isSuccess(answer)
        ? `${field} was carried out, and should have been refused.`
        : `${field} did not say how it ended. Ask "... on Error { code message }" of it.`,
      { document, variables, answer },
    )
  }

  /** The whole answer to an operation, errors and all. */
  answer<Result = Untyped>(document: string, variables?: Variables): Promise<Answer<Result>>
  answer<Result, Given>(
    document: TypedDocument<Result, Given>,
    ...variables: VariablesOf<Given>
  ): Promise<Answer<Result>>
  answer(document: TypedDocument<unknown, unknown>, variables?: unknown): Promise<Answer<unknown>> {
    return this.#answer(document, variables)
  }

  /**
   * What a subscription says from now on. It ends with the loop over it, or `return()`. Where it is refused, `next()` throws an
   * ApiFailure.
   *
   * @example
   * const shown = await viewer.watch(EntriesShown)
   * expect((await shown.next()).value).toEqual({ guestbookShown: 0 })
   */
  watch<Result = Untyped>(document: string, variables?: Variables): Promise<AsyncGenerator<Result, void, undefined>>
  watch<Result, Given>(
    document: TypedDocument<Result, Given>,
    ...variables: VariablesOf<Given>
  ): Promise<AsyncGenerator<Result, void, undefined>>
  async watch(document: TypedDocument<unknown, unknown>, variables?: unknown): Promise<AsyncGenerator<unknown>> {
    const leave = new AbortController()
    const response = await this.#post(document, variables, 'text/event-stream', leave.signal)
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      const { errors } = (await response.json()) as Answer<unknown>
      throw this.#failure(document, variables, errors ?? [{ message: 'This is no subscription: ask() it.' }])
    }
    return this.#follow(response.body, leave, document, variables)
  }

  /** A request to any path of the installation: a plugin's route, a file. Redirects are answers, too. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    await this.#parts.before()
    const headers = new Headers(this.headers)
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    return fetch(new URL(path, this.#parts.url), { redirect: 'manual', ...init, headers })
  }

  async #answer(document: TypedDocument<unknown, unknown>, variables: unknown): Promise<Answer<unknown>> {
    const response = await this.#post(document, variables, 'application/json')
    return (await response.json()) as Answer<unknown>
  }

  #post(document: TypedDocument<unknown, unknown>, variables: unknown, accept: string, signal?: AbortSignal) {
    return this.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: textOf(document), variables }),
      ...(signal && { signal }),
    })
  }

  async #mutation(document: TypedDocument<unknown, unknown>, variables: unknown) {
    const data = (await this.ask(textOf(document), variables as Variables)) as Record<string, unknown>
    const [field, ...more] = Object.keys(data).filter((name) => name !== '__typename')
    if (field === undefined || more.length > 0)
      throw this.#unexpected('The document should have one mutation.', { document, variables, answer: data })
    return { field, answer: data[field] }
  }

  async *#follow(
    body: ReadableStream<Uint8Array>,
    leave: AbortController,
    document: TypedDocument<unknown, unknown>,
    variables: unknown,
  ): AsyncGenerator<unknown, void, undefined> {
    try {
      for await (const { event, data } of readEventStream(body)) {
        if (event === 'complete') return
        if (event !== 'next') continue
        const answer = JSON.parse(data) as Answer<unknown>
        if (answer.errors) throw this.#failure(document, variables, answer.errors)
        yield answer.data
      }
    } finally {
      leave.abort()
    }
  }

  #failure(document: TypedDocument<unknown, unknown>, variables: unknown, errors: readonly ApiError[]): ApiFailure {
    const { who, log } = this.#parts
    const stack = log.stackOf(errors[0]?.extensions?.traceId)
    return new ApiFailure({ who, document: textOf(document), variables, errors, stack })
  }

  #unexpected(
    problem: string,
    { document, variables, answer }: { document: TypedDocument<unknown, unknown>; variables: unknown; answer: unknown },
  ): UnexpectedAnswer {
    const operation: Omit<FailedOperation, 'errors'> = { who: this.#parts.who, document: textOf(document), variables }
    return new UnexpectedAnswer(problem, operation, answer)
  }
}

function textOf(document: TypedDocument<unknown, unknown>): string {
  return 'kind' in Object(document) ? print(document as DocumentNode) : String(document)
}

function isSuccess(answer: unknown): answer is { data: unknown } {
  return typeof answer === 'object' && answer !== null && 'data' in answer
}

function isRefusal(answer: unknown): answer is { code: string } {
  return typeof answer === 'object' && answer !== null && 'code' in answer && !('data' in answer)
}

const capitalized = (field: string) => field.charAt(0).toUpperCase() + field.slice(1)
