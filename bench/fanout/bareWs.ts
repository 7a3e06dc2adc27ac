/**
 * A broadcast as the readme of ws has it, and nothing else: no sign-in, no GraphQL, no pings, no bound on what waits for a
 * slow reader. One buffer goes to all, so all have one operation id, where ours sends each client its own.
 */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { handleProtocols } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import { takeOrders } from './served.ts'
import { nextUpdate } from './update.ts'

const id = randomUUID()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, handleProtocols })
server.on('listening', () =>
  takeOrders({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/bare`,
    cookies: [],
    publish: () => {
      const bytes = Buffer.from(JSON.stringify({ id, type: 'next', payload: { data: { pageMetrics: nextUpdate() } } }))
      for (const client of server.clients) if (client.readyState === client.OPEN) client.send(bytes, { binary: false })
    },
    subscribers: () => server.clients.size,
  }),
)
