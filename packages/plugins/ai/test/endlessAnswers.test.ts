import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { connect } from '../src/modelService.ts'
import { serviceFailure } from '../src/serviceFailure.ts'

let sent = 0
const service = createServer((request, response) => {
  const [, kind] = request.url?.split('/') ?? []
  const [status, type] =
    kind === 'stream' ? [200, 'text/event-stream'] : [kind === 'error' ? 400 : 200, 'application/json']
  response.writeHead(status, { 'content-type': type })
  sent = 0
  goOn(response)
})
const chunk = Buffer.alloc(1024 * 1024, ' ')

/** As fast as somebody reads it. */
function goOn(response: ServerResponse): void {
  while (!response.destroyed) {
    sent += chunk.length
    if (!response.write(chunk)) return void response.once('drain', () => goOn(response))
  }
}

await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  service.closeAllConnections()
  service.close()
})

const request = (onText?: (piece: string) => void) => ({
  endpoint: 'chat' as const,
  model: 'm',
  messages: [{ role: 'user' as const, content: 'Hello' }],
  parameters: { maxOutputTokens: 10 },
  format: undefined,
  callId: 'call',
  idempotencyKey: 'once',
  store: false,
  onText,
})

describe('a model service whose answer never ends', () => {
  test.each([
    ['as a whole', 'whole', undefined],
    ['as a stream', 'stream', () => {}],
    ['as an error', 'error', undefined],
  ])('%s is left, and fills no memory', async (_, kind, onText) => {
    const { port } = service.address() as AddressInfo
    const model = connect({ baseUrl: `http://127.0.0.1:${port}/${kind}`, apiKey: 'x' } as Parameters<typeof connect>[0])
    const error = await model.ask(request(onText), AbortSignal.timeout(60_000)).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    if (kind !== 'error')
      expect(serviceFailure(error)).toMatchObject({
        kind: 'unusable',
        reason: expect.stringMatching(/more than \d+ bytes/),
      })
    expect(sent).toBeLessThan(100 * 1024 * 1024)
  })
})
