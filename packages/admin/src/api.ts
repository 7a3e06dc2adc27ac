import { createClient } from 'graphql-ws'
import type { TypedDocumentString } from './graphql/graphql.ts'

/** What the server refused, with its code: `UNAUTHENTICATED`, `FORBIDDEN`, … */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Asks the GraphQL API. @throws ApiError; code `UNREACHABLE` when no answer came */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await reach('/graphql', { query: document.toString(), variables }, signal)
  const body = (await response.json()) as { data?: Result; errors?: GraphQLFault[] }
  const fault = body.errors?.[0]
  if (fault) throw new ApiError(fault.extensions?.code ?? 'UNKNOWN', fault.message)
  if (!body.data) throw new ApiError('UNKNOWN', `The server answered ${response.status} without data.`)
  return body.data
}

interface GraphQLFault {
  message: string
  extensions?: { code?: string }
}

/** One socket for all subscriptions; it comes back by itself after a break, for as long as the page is open. */
const socket = createClient({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
  lazy: true,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
})

/** Calls back with each result until the returned function is called. */
export function watch<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  onResult: (result: Result) => void,
  onFault: (error: ApiError) => void,
): () => void {
  return socket.subscribe<Result>(
    { query: document.toString(), variables: variables as Record<string, unknown> },
    {
      next: ({ data, errors }) => {
        const fault = errors?.[0]
        if (fault) onFault(new ApiError(String(fault.extensions?.code ?? 'UNKNOWN'), fault.message))
        else if (data) onResult(data)
      },
      error: (error) =>
        onFault(new ApiError('UNREACHABLE', error instanceof Error ? error.message : 'The live connection broke.')),
      complete: () => {},
    },
  )
}

/** Whether the live connection is up: calls back at once and at every change. */
export function watchConnection(onChange: (connected: boolean) => void): () => void {
  const offConnected = socket.on('connected', () => onChange(true))
  const offClosed = socket.on('closed', () => onChange(false))
  return () => {
    offConnected()
    offClosed()
  }
}

/** @throws ApiError `INVALID_CREDENTIALS`, `RATE_LIMITED` or `UNREACHABLE` */
export async function signIn(email: string, password: string): Promise<void> {
  const response = await reach('/api/auth/sign-in/email', { email, password })
  if (response.ok) return
  const code = response.status === 429 ? 'RATE_LIMITED' : 'INVALID_CREDENTIALS'
  throw new ApiError(code, `Signing in was refused with status ${response.status}.`)
}

export async function signOut(): Promise<void> {
  await reach('/api/auth/sign-out', {})
}

async function reach(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError('UNREACHABLE', 'The server cannot be reached.')
  }
}
