import { setTimeout as after } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { Product } from './product.ts'

/** A client of the admin schema, signed in as a person. */
export interface ApiClient {
  ask<Result>(query: string, variables?: Record<string, unknown>): Promise<Result>
  /** Follows a subscription; `latest` is the last result, `results` counts them. */
  watch<Result>(query: string, variables?: Record<string, unknown>): Watcher<Result>
  readonly cookie: string
}

export interface Watcher<Result> {
  readonly latest: () => Result | undefined
  readonly arrivals: readonly { readonly at: number; readonly result: Result }[]
  /** Resolves with the first result, already there or still to come, that fits. @throws after a minute */
  until(fits: (result: Result) => boolean): Promise<Result>
  close(): Promise<void>
}

export async function signIn({
  url,
  email,
  password,
}: Pick<Product, 'url' | 'email' | 'password'>): Promise<ApiClient> {
  const attempt = () =>
    fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email, password }),
    })
  let response = await attempt()
  // Ten in a minute are let in: a quick run of many tests waits for as long as it is told.
  while (response.status === 429) {
    await after(Number(response.headers.get('x-retry-after') ?? response.headers.get('retry-after') ?? 5) * 1_000)
    response = await attempt()
  }
  if (!response.ok) throw new Error(`Signing in as ${email} answered ${response.status}: ${await response.text()}`)
  const cookie = response.headers
    .getSetCookie()
    .map((entry) => entry.split(';')[0])
    .join('; ')
  return {
    cookie,
    ask: async (query, variables = {}) => {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', origin: url, cookie },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await answer.json()) as { data: never; errors?: { message: string }[] }
      if (errors?.[0]) throw new Error(errors[0].message)
      return data
    },
    watch: (query, variables = {}) => watch(url, cookie, query, variables),
  }
}

function watch<Result>(
  url: string,
  cookie: string,
  query: string,
  variables: Record<string, unknown>,
): Watcher<Result> {
  class SignedIn extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: { cookie, origin: url } })
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: SignedIn,
    retryAttempts: 0,
  })
  const arrivals: { at: number; result: Result }[] = []
  const waiting = new Set<() => void>()
  let failure: unknown
  const notify = () => {
    for (const check of waiting) check()
  }
  client.subscribe<Result>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        if (errors) failure = errors[0]
        else if (data) arrivals.push({ at: performance.now(), result: data })
        notify()
      },
      error: (error) => {
        failure = error
        notify()
      },
      complete: notify,
    },
  )
  return {
    arrivals,
    latest: () => arrivals.at(-1)?.result,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer)
          waiting.delete(check)
          settle()
        }
        const check = () => {
          const found = arrivals.find(({ result }) => fits(result))
          if (found) end(() => resolve(found.result))
          else if (failure) end(() => reject(failure))
        }
        const timer = setTimeout(
          () =>
            end(() =>
              reject(new Error(`Nothing that fits arrived; the latest was ${JSON.stringify(arrivals.at(-1)?.result)}`)),
            ),
          60_000,
        )
        waiting.add(check)
        check()
      }),
    close: async () => client.dispose(),
  }
}
