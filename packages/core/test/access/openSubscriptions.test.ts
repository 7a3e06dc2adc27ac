import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { follow } from '../../src/live/follow.ts'
import { defineTopic } from '../../src/live/topic.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import { serveKernel } from '../../src/plugin/serveKernel.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { testKernel } from '../../src/testing/kernel.ts'

const bell = defineTopic<number>({ name: 'bell.rang' })

/** Something to watch that takes a permission. */
const bellPlugin = definePlugin({
  name: 'bell',
  permissions: { 'bell:read': 'Hear the bell' },
  setup: ({ live }) => ({ live }),
  schema: [
    (builder, { live }) =>
      builder.subscriptionField('rang', (t) =>
        t.boolean({
          description: 'Now, and whenever the bell rings.',
          authScopes: { permission: 'bell:read' },
          subscribe: (_root, _args, ctx) => follow(live, ctx.workspaceId, bell, '', ctx.request.signal),
          resolve: () => true,
        }),
      ),
  ],
})

const { kernel } = await testKernel(await testDatabase(), [bellPlugin])
const { access } = kernel
const owner = await access.createUser({ name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' })
const workspace = await access.createWorkspace({ name: 'Tower', slug: 'tower', ownerId: owner.id })
const server = serveKernel(kernel)
const url = await server.listen(0, '127.0.0.1')

/** Someone who watches the bell over a WebSocket. */
async function watcher(options: { key?: string; cookie?: string }) {
  const received: unknown[] = []
  const ended = Promise.withResolvers<void>()
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, {
          headers: { origin: 'http://127.0.0.1:4000', ...(options.cookie && { cookie: options.cookie }) },
        })
      }
    },
    retryAttempts: 0,
    ...(options.key && { connectionParams: { authorization: `Bearer ${options.key}` } }),
  })
  onTestFinished(() => void client.dispose())
  client.subscribe(
    { query: 'subscription { rang }' },
    { next: (result) => received.push(result), error: () => ended.resolve(), complete: () => ended.resolve() },
  )
  await expect.poll(() => received.length).toBe(1)
  return { received, ended: ended.promise }
}

test('a revoked key and an ended session stop hearing, the others go on', async () => {
  const key = (name: string) => access.createApiKey(workspace.id, { name, scopes: ['bell:read'] })
  const [kept, revoked] = [await key('Kept'), await key('Revoked')]
  const signedIn = await access.handler(
    new Request('http://127.0.0.1:4000/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:4000' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
    }),
    '10.0.0.1',
  )
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''

  const stays = await watcher({ key: kept.key })
  const loses = await watcher({ key: revoked.key })
  const person = await watcher({ cookie })

  const system = kernel.contexts.workspace(workspace.id, { type: 'system', name: 'test' })
  await system.db.prisma.apiKey.updateMany({ where: { id: revoked.id }, data: { enabled: false } })
  await access.handler(
    new Request('http://127.0.0.1:4000/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:4000', cookie },
      body: '{}',
    }),
    '10.0.0.1',
  )
  await Promise.all([loses.ended, person.ended])

  kernel.live.publish(workspace.id, bell, '', 1)
  await expect.poll(() => stays.received.length).toBe(2)
  const heard = ({ received }: { received: unknown[] }) =>
    received.filter((result) => (result as { data?: unknown }).data).length
  expect([heard(stays), heard(loses), heard(person)]).toEqual([2, 1, 1])
  await server.close()
})
