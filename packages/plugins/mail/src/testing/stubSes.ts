import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with a call. */
export type SesFault =
  | 'acceptThenReset'
  | 'acceptThenHang'
  | 'acceptThen503'
  | 'reset'
  | 'unavailable'
  | 'tooFast'
  | 'dailyQuota'
  | 'rejected'
  | 'senderUnverified'
  | 'suspended'
  | 'badCredentials'

/** As SES was given it, in the shape of its API. */
export interface SesEmail {
  readonly messageId: string
  readonly FromEmailAddress: string
  readonly Destination: { readonly ToAddresses: readonly string[] }
  readonly ReplyToAddresses?: readonly string[]
  readonly ConfigurationSetName?: string
  readonly EmailTags: readonly { readonly Name: string; readonly Value: string }[]
  readonly Content: {
    readonly Simple?: {
      readonly Subject: { readonly Data: string }
      readonly Body: { readonly Html: { readonly Data: string }; readonly Text: { readonly Data: string } }
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[]
    }
    /** Base64. */
    readonly Raw?: { readonly Data: string }
  }
}

/** A server that answers as SES v2 does, as far as the mail plugin asks, and fails as SES can. */
export class StubSes {
  /** What it has taken, in order: what people would get. */
  readonly accepted: SesEmail[] = []
  /** What it was asked to send, whatever came of it. */
  readonly asked: SesEmail[] = []
  /** Calls of GetAccount. */
  accountCalls = 0
  quota = { Max24HourSend: 50_000, MaxSendRate: 500, SentLast24Hours: 0 }
  sendingEnabled = true
  /** Asked for each call of SendEmail: undefined lets it succeed. */
  fault: (email: SesEmail) => SesFault | undefined = () => undefined
  /** Runs after a message was taken and before the answer leaves, as reports of it may. */
  onAccepted: (email: SesEmail) => void | Promise<void> = () => {}
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  /** @returns its address, for the SDK's `endpoint` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Ids that the mail plugin gave to what was taken, in order. */
  get acceptedIds(): string[] {
    return this.accepted.map(({ EmailTags }) => EmailTags.find(({ Name }) => Name === 'espalier-message')?.Value ?? '')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    if (request.method === 'GET' && request.url === '/v2/email/account') {
      this.accountCalls += 1
      json(response, 200, { SendQuota: this.quota, SendingEnabled: this.sendingEnabled, ProductionAccessEnabled: true })
      return
    }
    if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails') {
      json(
        response,
        404,
        { message: `${request.method} ${request.url} is not part of this stub.` },
        'NotFoundException',
      )
      return
    }
    const email: SesEmail = {
      messageId: `0100019${String(this.asked.length + 1).padStart(9, '0')}-stub-000000`,
      ...JSON.parse(body),
    }
    this.asked.push(email)
    const fault = this.fault(email)
    const refusal = fault && refusals[fault]
    if (refusal) {
      json(response, refusal.status, { message: refusal.message }, refusal.type)
      return
    }
    if (fault === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    this.accepted.push(email)
    await this.onAccepted(email)
    if (fault === 'acceptThenReset') request.socket.resetAndDestroy()
    else if (fault === 'acceptThen503') json(response, 503, { message: 'Service Unavailable' }, 'ServiceUnavailable')
    else if (fault !== 'acceptThenHang') json(response, 200, { MessageId: email.messageId })
  }
}

const refusals: Partial<Record<SesFault, { status: number; type: string; message: string }>> = {
  unavailable: { status: 503, type: 'ServiceUnavailable', message: 'Service Unavailable' },
  tooFast: { status: 429, type: 'TooManyRequestsException', message: 'Maximum sending rate exceeded.' },
  dailyQuota: { status: 429, type: 'TooManyRequestsException', message: 'Daily message quota exceeded.' },
  rejected: { status: 400, type: 'MessageRejected', message: 'Email content was rejected.' },
  senderUnverified: { status: 400, type: 'MailFromDomainNotVerifiedException', message: 'The domain is not verified.' },
  suspended: { status: 400, type: 'AccountSuspendedException', message: 'The account is suspended.' },
  badCredentials: {
    status: 403,
    type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  },
}

function json(response: ServerResponse, status: number, body: object, type?: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(type && { 'x-amzn-errortype': type }) })
  response.end(JSON.stringify(body))
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
