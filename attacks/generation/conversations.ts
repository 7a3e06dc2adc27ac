import fc from 'fast-check'
import type { Operation } from './operations.ts'
import { anyJson } from './values.ts'

/** What somebody says on one socket of graphql-transport-ws, and how it has to end. */
export interface Conversation {
  readonly greets: boolean
  readonly said: readonly Said[]
}

/** One frame, and what it does to a socket that has been greeted. */
export interface Said {
  readonly frame: string | Uint8Array
  /** `bytes`: a binary frame. `broken`: a frame that is none of RFC 6455's. Default: text. */
  readonly as?: 'bytes' | 'broken'
  /** The code that the protocol closes the socket with; undefined where it goes on. */
  readonly closes?: number
  /** What it asks for, where it is a `subscribe` that is taken. */
  readonly asks?: { readonly id: string; readonly operation: Operation }
}

const tooManyGreetings = 4429

/** Longest message that is taken. Bytes. */
const longestMessage = 64 * 1024

/** Conversations of a few operations, one after another and at once, with something in most of them that the protocol does not allow. */
export function conversationsOf(operations: fc.Arbitrary<Operation>): fc.Arbitrary<Conversation> {
  const said = fc.oneof(
    { weight: 6, arbitrary: subscribing(operations) },
    { weight: 2, arbitrary: harmless },
    { weight: 2, arbitrary: fatal },
  )
  return fc
    .record({
      greets: fc.integer({ min: 0, max: 19 }).map((dice) => dice > 0),
      // An id is used once: whether the operation before is over when it is used again is chance.
      said: fc.uniqueArray(said, { minLength: 1, maxLength: 6, selector: ({ asks, frame }) => asks?.id ?? frame }),
    })
    .map(({ greets, said }) => ({
      greets,
      // A greeting that comes late: whether it was taken when the next message comes is chance, too.
      said: upToServersOwn(greets ? said : said.filter(({ closes }) => closes !== tooManyGreetings)),
    }))
}

/** What only servers say closes the socket a moment later: whether something else does before would be chance. */
function upToServersOwn(said: readonly Said[]): readonly Said[] {
  const at = said.findIndex(({ frame }) => /^\{"type":"(next|connection_ack)"/.test(String(frame)))
  return at < 0 ? said : said.slice(0, at + 1)
}

/** The code that a conversation has to end with, and what is asked before; undefined where it may go on for ever. */
export function endOf({ greets, said }: Conversation): { readonly closes: number | undefined; readonly asked: Said[] } {
  const codes = said.map(({ closes, asks }) => (asks && !greets ? 4401 : closes))
  const last = codes.findIndex((code) => code !== undefined)
  const heard = last < 0 ? said : said.slice(0, last)
  return { closes: codes[last], asked: heard.filter(({ asks }) => asks) }
}

function subscribing(operations: fc.Arbitrary<Operation>): fc.Arbitrary<Said> {
  return fc
    .tuple(fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 20 })), operations)
    .map(([id, operation]): Said => {
      const { query, variables } = operation
      const frame = JSON.stringify({ id, type: 'subscribe', payload: { query, variables } })
      if (Buffer.byteLength(frame) > longestMessage) return { frame, closes: 1009 }
      return { frame, asks: { id, operation } }
    })
}

const json = (message: unknown, closes?: number): Said => ({
  frame: JSON.stringify(message),
  ...(closes && { closes }),
})

const harmless = fc.constantFrom(
  json({ type: 'ping' }),
  json({ type: 'ping', payload: { said: '\ud800' } }),
  json({ type: 'pong', payload: {} }),
  json({ type: 'complete', id: 'nobody-asked' }),
  json({ type: 'complete', id: '__proto__' }),
)

const payload = { query: '{ __typename }' }

/** What the protocol ends a connection for. */
const fatal: fc.Arbitrary<Said> = fc.oneof(
  fc.constantFrom(
    json({ type: 'connection_init' }, tooManyGreetings),
    json({ type: 'connection_init', payload: 5 }, 4400),
    json({ type: 'connection_ack' }, 4400),
    json({ type: 'next', id: 'a', payload: {} }, 4400),
    json({ type: 'subscribe', payload }, 4400),
    json({ type: 'subscribe', id: '', payload }, 4400),
    json({ type: 'subscribe', id: 7, payload }, 4400),
    json({ type: 'subscribe', id: 'a' }, 4400),
    json({ type: 'subscribe', id: 'a', payload: {} }, 4400),
    json({ type: 'subscribe', id: 'a', payload: { query: ['{ __typename }'] } }, 4400),
    json({ type: 'subscribe', id: 'a', payload: { ...payload, variables: 'x' } }, 4400),
    json({ type: 'subscribe', id: 'a', payload: { ...payload, extensions: 1 } }, 4400),
    json({ type: 'complete' }, 4400),
    json({ type: 'start', id: 'a', payload }, 4400),
    json({ type: '__proto__' }, 4400),
    json([{ type: 'ping' }], 4400),
    json(null, 4400),
    json('ping', 4400),
    { frame: '', closes: 4400 },
    { frame: '{"type":"ping"', closes: 4400 },
    { frame: '['.repeat(60_000), closes: 4400 },
    { frame: 'x'.repeat(longestMessage + 1), closes: 1009 },
    { frame: Buffer.from([0xff, 0xfe, 0x00]), as: 'bytes' as const, closes: 4400 },
    // A text has to be UTF-8; a frame has to be masked and may use none of the reserved bits.
    { frame: Buffer.from([0xc3, 0x28]), closes: 1007 },
    { frame: Buffer.from([0x81, 0x01, 0x78]), as: 'broken' as const, closes: 1002 },
    { frame: Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), as: 'broken' as const, closes: 1002 },
  ),
  anyJson
    .filter((value) => typeof (value as { type?: unknown } | null)?.type !== 'string')
    .map((value) => JSON.stringify(value) ?? '')
    .map((frame) => ({ frame, closes: Buffer.byteLength(frame) > longestMessage ? 1009 : 4400 })),
)
