/** The clients of all servers, in one process: sockets that read frames and note when an update came, and no more. */
import { randomBytes, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { microseconds, watch } from './update.ts'

export type ClientOrder =
  | {
      readonly open: string
      readonly cookies: readonly string[]
      readonly count: number
      readonly subscribing: boolean
    }
  | { readonly collect: string; readonly updates: number }
  /** The latest so many of a server's. */
  | { readonly close: string; readonly count: number }

/** What the clients of one server have received since it was last asked for. */
interface Received {
  /** Milliseconds from publication. */
  latencies: number[]
  /** The text of the last one. */
  last: string
  waiting: { count: number; done: () => void } | undefined
  readonly sockets: Socket[]
}

const perAddress = 900
const received = new Map<string, Received>()
const arrivals = Buffer.alloc(64 * 1024)

process.once('disconnect', () => process.exit())
process.on('message', async (order: ClientOrder) => {
  if ('open' in order) process.send?.(await openAll(order))
  else if ('close' in order) {
    for (const socket of received.get(order.close)?.sockets.splice(-order.count) ?? []) socket.destroy()
    process.send?.(order.count)
  } else process.send?.(await collect(order.collect, order.updates))
})

async function openAll({ open, cookies, count, subscribing }: Extract<ClientOrder, { open: string }>) {
  const inbox = received.get(open) ?? { latencies: [], last: '', waiting: undefined, sockets: [] }
  received.set(open, inbox)
  const known = inbox.sockets.length
  for (let from = 0; from < count; from += 50)
    await Promise.all(
      Array.from({ length: Math.min(50, count - from) }, (_, n) => {
        // One address may have 1,000 sockets open.
        const localAddress = `127.0.0.${2 + Math.floor((known + from + n) / perAddress)}`
        return openOne(new URL(open), inbox, {
          cookie: cookies[(from + n) % cookies.length],
          localAddress,
          subscribing,
        })
      }),
    )
  return count
}

/** Waits until so many updates have come in all. */
async function collect(url: string, updates: number): Promise<{ latencies: Float64Array; last: string }> {
  const inbox = received.get(url) as Received
  if (inbox.latencies.length < updates)
    await new Promise<void>((done) => {
      inbox.waiting = { count: updates, done }
    })
  const latencies = Float64Array.from(inbox.latencies)
  inbox.latencies = []
  return { latencies, last: inbox.last }
}

/** @returns once it has asked for its subscription, or is connected where there is nothing to ask for */
function openOne(
  { hostname, port, pathname }: URL,
  inbox: Received,
  { cookie, localAddress, subscribing }: { cookie: string | undefined; localAddress: string; subscribing: boolean },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let upgraded = false
    let rest: Buffer | undefined
    const socket = connect({
      host: hostname,
      port: Number(port),
      localAddress,
      onread: {
        buffer: arrivals,
        callback: (length) => {
          read(arrivals.subarray(0, length))
          return true
        },
      },
    })
    socket.setNoDelay(true)
    socket.on('error', reject)
    inbox.sockets.push(socket)
    socket.on('close', () => {
      if (inbox.sockets.includes(socket)) throw new Error(`${pathname} was closed.`)
    })
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n${cookie ? `cookie: ${cookie}\r\n` : ''}\r\n`,
    )
    const read = (chunk: Buffer) => {
      let bytes = rest ? Buffer.concat([rest, chunk]) : chunk
      rest = undefined
      if (!upgraded) {
        const end = bytes.indexOf('\r\n\r\n')
        if (end === -1 || !bytes.toString('latin1', 0, 12).endsWith('101'))
          return reject(new Error(bytes.toString('latin1')))
        upgraded = true
        if (subscribing) send({ type: 'connection_init' })
        else resolve()
        bytes = bytes.subarray(end + 4)
      }
      for (let at = 0; ; ) {
        const frame = frameAt(bytes, at)
        if (!frame) {
          if (at < bytes.length) rest = Buffer.from(bytes.subarray(at))
          return
        }
        at = frame.end
        if (frame.opcode === 9) socket.write(masked(0x8a, bytes.subarray(frame.start, frame.end)))
        else if (frame.opcode === 1) hear(bytes, frame)
        else throw new Error(`A frame of opcode ${frame.opcode}: ${bytes.toString('latin1', frame.start, frame.end)}`)
      }
    }
    const hear = (bytes: Buffer, { start, end }: Frame) => {
      const place = bytes.indexOf('"at":', start, 'latin1')
      if (place !== -1 && place < end) {
        const published = Number.parseInt(bytes.toString('latin1', place + 5, place + 21), 10)
        inbox.latencies.push((microseconds() - published) / 1_000)
        const { waiting } = inbox
        if (waiting && inbox.latencies.length >= waiting.count) {
          inbox.waiting = undefined
          inbox.last = bytes.toString('utf8', start, end)
          waiting.done()
        }
      } else if (bytes.toString('latin1', start, end).includes('"connection_ack"')) {
        send({ id: randomUUID(), type: 'subscribe', payload: { query: watch } })
        resolve()
      } else throw new Error(bytes.toString('utf8', start, end))
    }
    const send = (message: object) => socket.write(masked(0x81, Buffer.from(JSON.stringify(message))))
  })
}

interface Frame {
  readonly opcode: number
  readonly start: number
  readonly end: number
}

/** Of RFC 6455, from a server: not masked. Undefined while it is not whole. */
function frameAt(bytes: Buffer, at: number): Frame | undefined {
  if (bytes.length < at + 2) return undefined
  const short = (bytes[at + 1] as number) & 0x7f
  if (short === 127) throw new Error('A frame of more than 64 kB.')
  if (short === 126 && bytes.length < at + 4) return undefined
  const start = at + (short === 126 ? 4 : 2)
  const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short)
  return end <= bytes.length ? { opcode: (bytes[at] as number) & 0x0f, start, end } : undefined
}

/** A frame of at most 64 kB as clients send it: masked, here with zeros. */
function masked(first: number, payload: Buffer): Buffer {
  const long = payload.length > 125
  const head = Buffer.from(
    long ? [first, 0xfe, payload.length >> 8, payload.length & 0xff] : [first, 0x80 | payload.length],
  )
  return Buffer.concat([head, Buffer.alloc(4), payload])
}
