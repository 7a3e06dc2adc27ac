import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Somebody's program that webhooks are posted to: it counts what it was told, by delivery. Takes a moment to answer, so that kills meet
 * deliveries under way.
 */
export class EffectsReceiver {
  /** How often each delivery came, by its `webhook-id`, and which event it told of. */
  readonly deliveries = new Map<string, { times: number; eventId: string }>()
  readonly #server: Server

  private constructor(answersAfterMs: number) {
    this.#server = createServer(async (request, response) => {
      try {
        let body = ''
        for await (const chunk of request.setEncoding('utf8')) body += chunk
        const id = String(request.headers['webhook-id'])
        const { data } = JSON.parse(body) as { data: { eventId?: string } }
        const known = this.deliveries.get(id)
        this.deliveries.set(id, { times: (known?.times ?? 0) + 1, eventId: data.eventId ?? '' })
        await pause(answersAfterMs)
        response.writeHead(204).end()
      } catch {
        // Whoever posted it died on the way: it was not told.
        response.destroy()
      }
    })
  }

  static async start(answersAfterMs = 15): Promise<EffectsReceiver> {
    const receiver = new EffectsReceiver(answersAfterMs)
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
