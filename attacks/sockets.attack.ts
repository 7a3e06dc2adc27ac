import { readFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { type Conversation, conversationsOf, endOf, type Said } from './generation/conversations.ts'
import { knownIds } from './generation/knownIds.ts'
import { attack, seed } from './generation/lanes.ts'
import { operationsOf } from './generation/operations.ts'
import { longest, wrongWithGraphQL } from './generation/oracle.ts'
import { openSocket, type RawSocket } from './graphql/sockets.ts'
import { attackedProduct, errorLevel, survives } from './product/attackedProduct.ts'

const full = process.env.ATTACKS === 'full'
const product = await attackedProduct()

describe('A flood of subscriptions', () => {
  const subscription = (id: number) => ({
    id: String(id),
    type: 'subscribe',
    payload: { query: 'subscription { changes(types: ["Page"]) { everything } }' },
  })
  const headers = { cookie: product.owner.cookie, origin: product.url }

  test('on one socket ends at its hundredth', async () => {
    await survives(product, async () => {
      const client = (await openSocket(product.url, headers)) as RawSocket
      for (let id = 0; id < 300; id += 1) client.send(subscription(id))
      const refused = () =>
        client.received.filter(
          ({ type, payload }) => type === 'error' && JSON.stringify(payload).includes('TOO_MANY_OPERATIONS'),
        )
      await expect.poll(() => refused().length).toBe(200)
      client.socket.terminate()
    })
  })

  test('over many sockets of one address ends at the thousandth', async () => {
    const sockets: (RawSocket | number)[] = []
    const from = product.newAddress()
    await survives(product, async () => {
      const wanted = full ? 1_050 : 1_010
      while (sockets.length < wanted) {
        const some = Array.from({ length: Math.min(50, wanted - sockets.length) }, () =>
          openSocket(product.url, { ...headers, 'x-forwarded-for': from }),
        )
        sockets.push(...(await Promise.all(some)))
      }
      expect(sockets.filter((socket) => socket === 429)).toHaveLength(wanted - 1_000)
      for (const socket of sockets) if (typeof socket === 'object') socket.send(subscription(1))
    })
    for (const socket of sockets) if (typeof socket === 'object') socket.socket.terminate()
    await expect.poll(async () => typeof (await openOnce(from))).toBe('object')
  })

  async function openOnce(from: string) {
    const opened = await openSocket(product.url, { ...headers, 'x-forwarded-for': from })
    if (typeof opened === 'object') opened.socket.terminate()
    return opened
  }

  test.each<[string, (client: RawSocket) => void, number]>([
    ['a message of a megabyte', ({ socket }) => socket.send('x'.repeat(1_000_000)), 1009],
    ['what is no message', ({ socket }) => socket.send('{"type":'), 4400],
    ['bytes', ({ socket }) => socket.send(Buffer.from([0xff, 0x00, 0xd8])), 4400],
    ['a second greeting', ({ send }) => send({ type: 'connection_init' }), 4429],
    [
      'one id twice',
      ({ socket }) => socket.send(JSON.stringify(subscription(1)), () => socket.send(JSON.stringify(subscription(1)))),
      4409,
    ],
  ])('%s closes its socket, and no other', async (_, harm, code) => {
    const [wrong, other] = (await Promise.all([
      openSocket(product.url, headers),
      openSocket(product.url, headers),
    ])) as [RawSocket, RawSocket]
    harm(wrong)
    expect(await wrong.closed).toBe(code)
    expect(other.socket.readyState).toBe(other.socket.OPEN)
    other.socket.terminate()
  })
})

describe(`Generated conversations (ATTACKS_SEED=${seed})`, async () => {
  const schema = buildSchema(await readFile('docs/schema/admin.graphql', 'utf8'))
  const ids = await knownIds(schema, product.owner)
  // Mutations are asked over HTTP: among them is signing out, which ends sockets.
  const reading = operationsOf(schema, ids).filter(({ kind }) => kind !== 'mutation')

  test('end as the protocol says, and every operation is answered', async () => {
    await survives(product, () =>
      attack(conversationsOf(reading), full ? 3_000 : 160, (conversation) =>
        wrongWithConversation(conversation, schema),
      ),
    )
    expect(product.log().filter(({ level }) => level >= errorLevel)).toEqual([])
  })
})

/** Holds a conversation to its end. @returns what is wrong with how it went */
async function wrongWithConversation(conversation: Conversation, schema: GraphQLSchema): Promise<string | undefined> {
  const headers = { cookie: product.owner.cookie, origin: product.url }
  const client = await openSocket(product.url, headers, conversation.greets)
  if (typeof client === 'number') return `the socket was refused: ${client}`
  for (const one of conversation.said) say(client, one)
  const { closes, asked } = endOf(conversation)
  try {
    if (closes) {
      const code = await Promise.race([client.closed, after(longest, 'nothing')])
      return code === closes ? undefined : `it was closed with ${code}, not ${closes}`
    }
    client.send({ type: 'ping', payload: { last: true } })
    const waiting = () => unanswered(client, asked)
    for (const until = performance.now() + longest; waiting() && performance.now() < until; ) await after(5)
    if (waiting()) return `nothing came for ${waiting()}; it has said ${JSON.stringify(client.received).slice(0, 300)}`
    return asked.map((one) => wrongWithAnswer(client, one, schema)).find(Boolean)
  } finally {
    client.socket.terminate()
  }
}

function say({ socket }: RawSocket, { frame, as }: Said): void {
  // @ts-expect-error: what lies under a WebSocket is nobody's business but an attacker's
  if (as === 'broken') socket._socket.write(frame)
  else socket.send(frame, { binary: as === 'bytes' })
}

/** What has had no answer yet: the last ping, or an operation. A subscription may be silent until something happens. */
function unanswered({ received, socket }: RawSocket, asked: readonly Said[]): string | undefined {
  if (socket.readyState !== socket.OPEN) return 'a socket that was closed'
  const answered = new Set(received.map(({ id }) => id))
  const silent = asked.find(({ asks }) => asks?.operation.kind === 'query' && !answered.has(asks.id))
  if (silent) return `the operation ${silent.asks?.id}`
  return received.some(({ type, payload }) => type === 'pong' && (payload as { last?: true })?.last)
    ? undefined
    : 'a ping'
}

/** The same as over HTTP is asked of what came first for an operation. */
function wrongWithAnswer({ received }: RawSocket, { asks, frame }: Said, schema: GraphQLSchema): string | undefined {
  const first = received.find(({ id, type }) => id === asks?.id && type !== 'complete')
  if (!asks || !first) return undefined
  const answer = first.type === 'error' ? { errors: first.payload } : first.payload
  const reply = { status: 200, text: JSON.stringify(answer), milliseconds: 0 }
  return wrongWithGraphQL(reply, asks.operation.query, String(frame), schema)
}
