import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClient } from '../src/index.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

type Line = ReadableStreamDefaultController<Uint8Array>

/** A server that answers each connection with the next of these, where hours pass at once. */
function follow(...answers: (Response | ((line: Line) => void))[]) {
  const lines: Line[] = []
  const interrupted: string[] = []
  const answer: typeof fetch = async (_url, { signal } = {}) => {
    const next = answers.shift()
    if (next instanceof Response) return next
    const body = new ReadableStream<Uint8Array>({
      start: (line) => {
        signal?.addEventListener('abort', () => line.error(signal.reason))
        lines.push(line)
        next?.(line)
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const results = createClient({ url: 'http://espalier.example', key: 'k', fetch: answer }).subscribe(
    'subscription { ticks }',
    {},
    { onInterrupted: ({ code }) => interrupted.push(code) },
  )
  return { results, lines, interrupted }
}

const tick = (value: number) =>
  new TextEncoder().encode(`event: next\ndata: ${JSON.stringify({ data: { ticks: value } })}\n\n`)

test('a caller that works on a result for long does not lose its line; a silent line is given up', async () => {
  const { results, lines, interrupted } = follow(
    (line) => line.enqueue(tick(1)),
    (line) => line.enqueue(tick(3)),
  )
  expect(await results.next()).toEqual({ done: false, value: { ticks: 1 } })
  await vi.advanceTimersByTimeAsync(60_000)
  lines[0]?.enqueue(tick(2))
  expect(await results.next()).toEqual({ done: false, value: { ticks: 2 } })
  expect(interrupted).toEqual([])
  const after = results.next()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await after).toEqual({ done: false, value: { ticks: 3 } })
  expect(interrupted).toEqual(['TIMEOUT'])
  await results.return()
})

test('a subscription that has worked waits for as long as the server says', async () => {
  const limited = new Response(JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'RATE_LIMITED' } }] }), {
    status: 429,
    headers: { 'retry-after': '3600', 'content-type': 'application/json' },
  })
  const { results, lines, interrupted } = follow(
    (line) => {
      line.enqueue(tick(1))
      line.close()
    },
    limited,
    (line) => line.enqueue(tick(2)),
  )
  expect(await results.next()).toMatchObject({ value: { ticks: 1 } })
  const after = results.next()
  await vi.advanceTimersByTimeAsync(3_500_000)
  expect(lines).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(200_000)
  expect(await after).toMatchObject({ value: { ticks: 2 } })
  expect(interrupted).toEqual(['NETWORK', 'RATE_LIMITED'])
  await results.return()
})
