import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EspalierError } from '@espalier/client'
import { WebhookVerificationError } from 'standardwebhooks'
import { experimentOf, told } from './campaigns.ts'
import { greeting } from './greeting.ts'
import { LiveCount } from './liveViews.ts'
import { WebhookInbox } from './webhook.ts'

const live = new LiveCount()
const stopping = new AbortController()
const inbox = process.env.WEBHOOK_SECRET ? new WebhookInbox(process.env.WEBHOOK_SECRET) : undefined

const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    switch (`${request.method} ${pathname}`) {
      case 'GET /greeting':
        return answer(200, await greeting(searchParams.get('customer') ?? '', searchParams.get('country') ?? ''))
      case 'POST /campaigns':
        return answer(200, await experimentOf(JSON.parse(await bodyOf(request))))
      case 'GET /pageviews':
        return answer(200, live.pageviews ?? null)
      case 'POST /webhooks': {
        if (!inbox) return answer(503, 'Set WEBHOOK_SECRET.')
        const message = inbox.read(await bodyOf(request), request.headers as Record<string, string>)
        if (message) console.log('webhook:', message.type)
        return answer(200, { received: true })
      }
      default:
        return answer(404, 'There is no such page.')
    }
  } catch (error) {
    if (error instanceof WebhookVerificationError) return answer(401, error.message)
    if (error instanceof EspalierError) return answer(error.code === 'INVALID_INPUT' ? 400 : 502, told(error))
    console.error(error)
    return answer(500, 'Something went wrong.')
  }
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`Pear shop: http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
live.follow(stopping.signal).catch((error: Error) => console.error('live:', error.message))

process.once('SIGTERM', () => {
  stopping.abort()
  server.close()
})
