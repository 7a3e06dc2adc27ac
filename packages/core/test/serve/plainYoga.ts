import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { createYoga } from 'graphql-yoga'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

/**
 * GraphQL Yoga as its documentation serves it, with graphql-ws beside it: what the hardening is measured
 * against. An attack that fails here, too, would prove nothing.
 */
export async function startPlainYoga(schema: GraphQLSchema): Promise<string> {
  const yoga = createYoga({ schema, logging: false })
  const server = createServer(yoga)
  const webSockets = new WebSocketServer({ server, path: '/graphql' })
  useServer({ schema }, webSockets)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of webSockets.clients) socket.terminate()
    webSockets.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
