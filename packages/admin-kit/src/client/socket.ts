import { subscriptionExchange } from '@urql/core'
import { type Client, createClient } from 'graphql-ws'
import { sourceOf } from './typedDocument.ts'

/** One socket for all subscriptions; it comes back by itself after a break, for as long as the page is open. */
export function openSocket(url: string, webSocketImpl?: unknown): Client {
  return createClient({
    url,
    webSocketImpl,
    lazy: true,
    // From one page to the next there is a moment without subscriptions.
    lazyCloseTimeout: 3_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    // The library doubles without end: a server that was away for an hour would be looked for every hour.
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** retries, 5_000) * (0.75 + Math.random() / 2))),
  })
}

export function overSocket(socket: Client) {
  return subscriptionExchange({
    forwardSubscription: (_body, { context, variables }) => ({
      subscribe: ({ next, error, complete }) => ({
        unsubscribe: socket.subscribe(
          { query: sourceOf(context).text, variables: { ...variables } },
          // Both sides keep to the same specification and name its types differently.
          { next: (result) => next(result as Parameters<typeof next>[0]), error, complete },
        ),
      }),
    }),
  })
}
