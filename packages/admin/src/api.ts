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

  /** Of asking for one thing by its id: whether there is no such thing, or the id in the address is none. */
  get isGone(): boolean {
    return this.code === 'NOT_FOUND' || this.code === 'INVALID_INPUT'
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
  // The library doubles without end: a server that was away for an hour would be looked for every hour.
  retryWait: (retries) =>
    new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** retries, 5_000) * (0.75 + Math.random() / 2))),
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
      error: (error) => onFault(asFault(error)),
      complete: () => {},
    },
  )
}

/** What ends a subscription: GraphQL errors, or the end of a connection that is not worth another try. */
function asFault(error: unknown): ApiError {
  const fault = Array.isArray(error) ? (error[0] as GraphQLFault | undefined) : undefined
  if (fault) return new ApiError(fault.extensions?.code ?? 'UNKNOWN', fault.message)
  return new ApiError('UNREACHABLE', error instanceof Error ? error.message : 'The live connection broke.')
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

/** What an invitation's link stands for. */
export interface Invitation {
  readonly email: string
  readonly role: string
  readonly workspaceName: string
  /** Whether the address has an account, and so only needs to sign in. */
  readonly hasAccount: boolean
}

/** @throws ApiError `NOT_FOUND` when the link is forged, used, canceled or expired */
export async function findInvitation(token: string, signal?: AbortSignal): Promise<Invitation> {
  return told(await reach(`/api/auth/invitation?token=${encodeURIComponent(token)}`, undefined, signal))
}

/** Takes an invitation, as whoever is signed in or as a new person. @throws ApiError with the server's reason */
export async function acceptInvitation(input: {
  token: string
  name?: string
  password?: string
  locale: string
}): Promise<void> {
  await told(await reach('/api/auth/invitation/accept', input))
}

async function told<Result>(response: Response): Promise<Result> {
  const body = (await response.json().catch(() => ({}))) as Result & { code?: string; message?: string }
  if (!response.ok)
    throw new ApiError(body.code ?? 'UNKNOWN', body.message ?? `The server answered ${response.status}.`)
  return body
}

export async function signOut(): Promise<void> {
  await reach('/api/auth/sign-out', {})
}

/** Whether this installation shows GraphiQL to a browser that asks for it. */
export async function offersGraphiql(signal: AbortSignal): Promise<boolean> {
  const response = await fetch('/graphql', { headers: { accept: 'text/html' }, signal })
  return response.ok && (response.headers.get('content-type') ?? '').includes('text/html')
}

async function reach(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError('UNREACHABLE', 'The server cannot be reached.')
  }
}
