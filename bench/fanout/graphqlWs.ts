/** GraphQL subscriptions as the readmes of graphql-ws and graphql-yoga have them: each is executed by itself, nobody signs in. */
import type { AddressInfo } from 'node:net'
import { buildSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { takeOrders } from './served.ts'
import { nextUpdate, type Update } from './update.ts'

const pubSub = createPubSub<{ page: [{ pageMetrics: Update }] }>()
const schema = buildSchema(`
  type Query { ok: Boolean }
  type VariantMetrics { id: String, name: String, visitors: Int, conversions: Int, chanceToWin: Float }
  type PageMetrics { at: Float, variants: [VariantMetrics!] }
  type Subscription { pageMetrics: PageMetrics }
`)
const field = schema.getSubscriptionType()?.getFields().pageMetrics
if (field) field.subscribe = () => pubSub.subscribe('page')

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
useServer({ schema }, server)
server.on('listening', () =>
  takeOrders({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cookies: [],
    publish: () => pubSub.publish('page', { pageMetrics: nextUpdate() }),
    subscribers: () => server.clients.size,
  }),
)
