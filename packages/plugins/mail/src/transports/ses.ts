import { GetAccountCommand, SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2'
import { encodeWords } from 'nodemailer/lib/mime-funcs'
import { composeMime } from './mime.ts'
import { sesOutcome, sesRateProblem } from './sesErrors.ts'
import type { AccountRate, Letter, Outcome, RateProblem, Transport } from './transport.ts'

export interface SesOptions {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** "" for none. */
  readonly configurationSet: string
  /** In place of AWS's own, as tests do. */
  readonly endpoint?: string | undefined
  readonly priceMicros: number
  /** Milliseconds. Default 3,000 and 10,000. */
  readonly timeouts?: { readonly connection: number; readonly request: number } | undefined
}

/** AWS SES, version 2 of its API. */
export class SesTransport implements Transport {
  readonly name = 'ses'
  readonly account: string
  readonly priceMicros: number
  readonly rateLastsSeconds = 300
  /** The SDK keeps so many connections. */
  readonly mostCalls = 50
  readonly #client: SESv2Client
  readonly #configurationSet: string

  constructor({ region, accessKeyId, secretAccessKey, configurationSet, endpoint, priceMicros, timeouts }: SesOptions) {
    const { connection, request } = timeouts ?? { connection: 3_000, request: 10_000 }
    this.account = `ses/${region}`
    this.priceMicros = priceMicros
    this.#configurationSet = configurationSet
    this.#client = new SESv2Client({
      region,
      credentials: { accessKeyId, secretAccessKey },
      ...(endpoint && { endpoint }),
      // SES has no token that makes two calls one, and by default the SDK calls three times.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: connection, requestTimeout: request, throwOnRequestTimeout: true },
    })
  }

  async rate(signal: AbortSignal): Promise<AccountRate | RateProblem> {
    try {
      const account = await this.#client.send(new GetAccountCommand({}), { abortSignal: signal })
      const { MaxSendRate = 1, Max24HourSend = 200, SentLast24Hours = 0 } = account.SendQuota ?? {}
      if (account.SendingEnabled === false)
        return sesRateProblem(new Error('Sending is paused for this account.'), true)
      // -1 is no limit.
      return { perSecond: MaxSendRate, perDay: Max24HourSend < 0 ? null : Max24HourSend, sentLast24h: SentLast24Hours }
    } catch (error) {
      return sesRateProblem(error)
    }
  }

  async deliver(letter: Letter): Promise<Outcome> {
    // Before anything is asked: what fails here has reached nobody.
    const input = await this.#input(letter)
    try {
      const { MessageId } = await this.#client.send(new SendEmailCommand(input))
      if (MessageId) return { kind: 'accepted', providerId: MessageId }
      return sesOutcome(new Error('its answer names no message.'))
    } catch (error) {
      return sesOutcome(error)
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async #input(letter: Letter): Promise<SendEmailCommandInput> {
    const { id, workspaceId, from, to, replyTo, subject, html, text, headers, attachments } = letter
    const simple = {
      Subject: utf8(subject),
      Body: { Html: utf8(html), Text: utf8(text) },
      Headers: headers.map(({ name, value }) => ({ Name: name, Value: value })),
    }
    return {
      FromEmailAddress: person(from),
      Destination: { ToAddresses: [person(to)] },
      ...(replyTo && { ReplyToAddresses: [replyTo] }),
      Content: attachments.length > 0 ? { Raw: { Data: await composeMime(letter) } } : { Simple: simple },
      // Reports come back with these, also where our record of SES's own id was lost.
      EmailTags: [
        { Name: 'espalier-message', Value: id },
        { Name: 'espalier-workspace', Value: workspaceId },
      ],
      ...(this.#configurationSet && { ConfigurationSetName: this.#configurationSet }),
    }
  }
}

function utf8(Data: string) {
  return { Data, Charset: 'UTF-8' }
}

function person({ name, address }: { readonly name: string | null; readonly address: string }): string {
  if (!name) return address
  const phrase = /^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWords(name, 'B', 52, true)
  return `${phrase} <${address}>`
}
