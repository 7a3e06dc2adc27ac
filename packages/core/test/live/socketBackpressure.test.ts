import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from 'graphql'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Mailbox } from '../../src/live/mailbox.ts'
import { SharedSubscriptions } from '../../src/live/sharedSubscriptions.ts'
import { atSocketPace, socketBufferBytes } from '../../src/live/socketBackpressure.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { settled } from './collect.ts'

const mailbox = () => new Mailbox<number, number>({ capacity: 64, deliver: (message) => message })

describe('A socket', () => {
  it('takes nothing more while it is full, and goes on when it has room', async () => {
    const time = new ManualTime()
    const items = mailbox()
    const socket = { bufferedAmount: socketBufferBytes + 1, readyState: 1 }
    items.put(1)
    const next = atSocketPace(items, socket, time).next()
    time.advance(1_000)
    await settled()
    expect(items.size).toBe(1)
    socket.bufferedAmount = socketBufferBytes
    time.advance(50)
    expect(await next).toEqual({ done: false, value: 1 })
  })

  it('ends the subscription when it closes, also while it is full', async () => {
    const time = new ManualTime()
    const items = mailbox()
    const socket = { bufferedAmount: socketBufferBytes + 1, readyState: 1 }
    items.put(1)
    const next = atSocketPace(items, socket, time).next()
    socket.readyState = 3
    time.advance(50)
    expect(await next).toEqual({ done: true, value: undefined })
    expect(items.size).toBe(0)
    expect(time.pending).toBe(0)
  })

  it('lets its reader leave while it waits for the next item', async () => {
    const paced = atSocketPace(mailbox(), { bufferedAmount: 0, readyState: 1 })
    const waiting = paced.next()
    await paced.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })
})

describe('A client that stops reading its WebSocket', () => {
  const server = createServer().listen(0, '127.0.0.1')
  const sockets = new WebSocketServer({ server })
  afterAll(() => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    server.close()
  })

  it('fills its own bounded buffer, is closed after 10 s, and leaves the others undisturbed', async () => {
    const time = new ManualTime()
    const shared = new SharedSubscriptions({ log: pino({ level: 'silent' }), timers: time })
    const source = new Mailbox<ExecutionResult, ExecutionResult>({ capacity: 100_000, deliver: (result) => result })
    const connected: WebSocket[] = []
    sockets.on('connection', async (socket) => {
      connected.push(socket)
      const results = await shared.subscribe({ group: 'g', start: async () => source, onCut: () => socket.terminate() })
      for await (const result of atSocketPace(results as AsyncIterableIterator<ExecutionResult>, socket)) {
        socket.send(JSON.stringify(result))
      }
    })
    await eventually(() => expect(server.listening).toBe(true))
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const reading = new WebSocket(url)
    const heard: { gap?: number; data: { index: number } }[] = []
    reading.on('message', (text) => {
      const { data, extensions } = JSON.parse(`${text}`)
      heard.push({ data, ...extensions })
    })
    await once(reading, 'open')
    const sleeping = new WebSocket(url)
    await once(sleeping, 'open')
    sleeping.pause()
    await eventually(() => expect(shared.counts.subscribers).toBe(2))

    const text = 'x'.repeat(10_000)
    for (let index = 0; index < 5_000; index++) {
      source.put({ data: { index, text } })
      // At the pace of the one that reads: 50 MB in all, far more than the kernel's buffers take.
      if (index % 32 === 31) await eventually(() => expect(heard.at(-1)?.data.index).toBe(index), { interval: 1 })
      for (const socket of connected) expect(socket.bufferedAmount).toBeLessThan(socketBufferBytes + 2 * 20_000)
    }
    await eventually(() =>
      expect(heard.map(({ data }) => data.index)).toEqual(Array.from({ length: 5_000 }, (_, index) => index)),
    )
    expect(heard.filter(({ gap }) => gap !== undefined)).toEqual([])

    expect(shared.counts.subscribers).toBe(2)
    time.advance(10_000)
    await once(connected[1] as WebSocket, 'close')
    await eventually(() => expect(shared.counts.subscribers).toBe(1))
    reading.close()
    sleeping.terminate()
  })
})
