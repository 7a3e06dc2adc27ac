import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { type ApiClient, signIn } from '../../packages/server/test/e2e/apiClient.ts'
import { EffectsReceiver } from './effects.ts'
import type { Installation } from './installation.ts'
import { Tally } from './tally.ts'

/** An event that was sent, and whether the collector has said that it is kept. */
interface SentEvent {
  readonly id: string
  readonly name: string
  acknowledged: boolean
}

interface CollectorAnswer {
  readonly accepted?: number
  readonly duplicates?: number
  readonly rejected: readonly { readonly index: number; readonly code: string }[]
  /** The server's clock: milliseconds since 1970. */
  readonly now: number
}

interface LoadOptions {
  /** Draws moments, visitors and what they do. */
  readonly seed: number
  /** Visitors at a time. Default 6. */
  readonly visitors?: number
}

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/**
 * People and programs at work on an installation: visitors who load pages and whose browsers report events, one who reads lists and
 * metrics, one who changes things, a program that is told of every goal. All of them do what theirs do after a refusal or a broken
 * connection: send the same again, until it is answered. What was acknowledged is noted down, to be compared with what is kept.
 */
export class Load {
  #tally = new Tally()
  readonly effects: EffectsReceiver
  readonly sent: SentEvent[] = []
  /** Names of the API keys that were asked for, and whether that was answered. */
  readonly made = new Map<string, boolean>()
  readonly client: ApiClient
  readonly #installation: Installation
  readonly #random: { next(): number }
  readonly #visitors: number
  #running = false
  #loops: Promise<void>[] = []

  private constructor(installation: Installation, client: ApiClient, effects: EffectsReceiver, options: LoadOptions) {
    this.#installation = installation
    this.client = client
    this.effects = effects
    this.#random = seededRandom(options.seed)
    this.#visitors = options.visitors ?? 6
  }

  /** Signs in, and has goals told to a program. The installation allows webhooks to 127.0.0.0/8: see {@link loadEnv}. */
  static async open(installation: Installation, options: LoadOptions): Promise<Load> {
    const [client, effects] = await Promise.all([signIn(installation.owner), EffectsReceiver.start()])
    const { createWebhookEndpoint: made } = await client.ask<{ createWebhookEndpoint: { message?: string } }>(
      `mutation ($url: String!) { createWebhookEndpoint(input: { url: $url, eventTypes: ["tracking.goal-reached"] }) {
        ... on Error { message } } }`,
      { url: effects.url },
    )
    if (made.message) throw new Error(made.message)
    return new Load(installation, client, effects, options)
  }

  /** Unless they are at work. */
  begin(): void {
    if (this.#running) return
    this.#running = true
    this.#loops = [
      ...Array.from({ length: this.#visitors }, () => this.#repeat(() => this.#visit(), 120)),
      this.#repeat(() => this.#view(), 100),
      this.#repeat(() => this.#read(), 150),
      this.#repeat(() => this.#write(), 400),
    ]
  }

  /** Begins nothing more, and waits until all that was begun is answered. */
  async end(): Promise<void> {
    this.#running = false
    await Promise.all(this.#loops)
  }

  async close(): Promise<void> {
    await this.end()
    await this.effects.stop()
  }

  /** What became of requests since the latest {@link phase}. */
  get tally(): Tally {
    return this.#tally
  }

  /** Begins to count anew. @returns the new counts */
  phase(): Tally {
    this.#tally = new Tally()
    return this.#tally
  }

  /**
   * One visitor more, now, who does not wait as long as a refusal says.
   *
   * @param url of the installation, or of one of its servers
   * @returns after the events are acknowledged: how long it took. Milliseconds
   */
  async served(url = this.#installation.url): Promise<number> {
    const began = performance.now()
    await this.#visit({ url, hurry: true })
    return performance.now() - began
  }

  /** Resolves when everything is answered again: pages, events, reading, changes. @returns how long it took. Milliseconds */
  async allServed(): Promise<number> {
    const began = performance.now()
    await Promise.all([this.served(), this.#read(true), this.#write(true)])
    return performance.now() - began
  }

  /** One of those who look at the numbers: reads them from the counts by the hour. Resolves when it is answered. */
  async dashboard(): Promise<void> {
    await this.#ask('numbers', false, '', {
      query: '{ metrics { pageviews sessions split(by: CHANNEL) { value pageviews } } }',
    })
  }

  /** One of those who look at who changed what. Resolves when it is answered. */
  async trail(): Promise<void> {
    await this.#ask('trail', false, '', { query: '{ auditEntries(first: 50) { nodes { id } } }' })
  }

  async #repeat(work: () => Promise<void>, everyMs: number): Promise<void> {
    while (this.#running) {
      await work()
      await pause(this.#random.next() * 2 * everyMs)
    }
  }

  /** Loads the demo page, reports what a tracker would, and in a third of the cases reaches a goal. */
  async #visit({ url = this.#installation.url, hurry = false } = {}): Promise<void> {
    const headers = { 'user-agent': userAgent, 'x-forwarded-for': this.#address() }
    const page = `${url}/p/demo/welcome`
    const html = await this.#untilAnswered(
      'page',
      () => fetch(page, { headers: { ...headers, accept: 'text/html' } }),
      hurry,
    )
    const attribute = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(html)?.[1]
    const [site, context, goal] = [attribute('data-site'), attribute('data-context'), attribute('data-goal')]
    const names = ['pageview', ...(this.#random.next() < 0.35 ? ['conversion'] : []), 'engagement']
    await this.#report(
      names.map((name) => ({ id: uuidv7(), name, acknowledged: false })),
      (events) => {
        const body = JSON.stringify({
          site,
          context,
          events: events.map(({ id, name }) => ({
            id,
            name,
            url: page,
            ...(name === 'conversion' && { goal, value: { amountMinor: 1_999, currency: 'EUR' } }),
            ...(name === 'engagement' && { metrics: { engagedMs: 1_000 } }),
          })),
        })
        const request = { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body }
        return this.#untilAnswered('collect', () => fetch(`${url}/collect`, request), hurry)
      },
    )
  }

  /** Sends events until all are acknowledged; those that are refused for their time get ids by the server's clock, as trackers do. */
  async #report(events: SentEvent[], collect: (events: readonly SentEvent[]) => Promise<string>): Promise<void> {
    for (let attempt = 1; events.length > 0; attempt++) {
      this.sent.push(...events)
      const answer = await collect(events)
      const { accepted = 0, duplicates = 0, rejected, now } = JSON.parse(answer) as CollectorAnswer
      const timely = events.filter((_, index) => !rejected.some((rejection) => rejection.index === index))
      if (accepted + duplicates === timely.length) for (const event of timely) event.acknowledged = true
      if (timely.length === events.length && timely.every(({ acknowledged }) => acknowledged)) return
      if (attempt === 3 || !rejected.every(({ code }) => code === 'CLOCK_AHEAD' || code === 'TOO_OLD')) {
        this.#tally.failed('collect', `said ${answer.replaceAll(/\d{6,}/g, '…')}`)
        return
      }
      events = rejected.map(({ index }) => ({ ...(events[index] as SentEvent), id: uuidv7({ msecs: now }) }))
    }
  }

  /** Somebody who reads the page and whose browser reports nothing. */
  async #view(): Promise<void> {
    const headers = { 'user-agent': userAgent, accept: 'text/html', 'x-forwarded-for': this.#address() }
    await this.#untilAnswered('page', () => fetch(`${this.#installation.url}/p/demo/welcome`, { headers }), false)
  }

  async #read(hurry = false): Promise<void> {
    await this.#ask('read', hurry, uuidv7(), {
      query: `{ experiments(first: 10) { edges { node { key variants { key } results { exposures } } } }
        pages(first: 10) { edges { node { id title slug } } } }`,
    })
  }

  /** Has no key of its own that would keep it from being done twice: that is the idempotency key's part. */
  async #write(hurry = false): Promise<void> {
    const name = `made under load ${uuidv7()}`
    this.made.set(name, false)
    const answer = await this.#ask('write', hurry, name, {
      query: `mutation ($name: String!) { createApiKey(input: { name: $name, scopes: ["experiments:read"] }) {
        __typename ... on Error { message } } }`,
      variables: { name },
    })
    if (answer.includes('CreateApiKeySuccess') || answer.includes('IDEMPOTENCY_ANSWER_LOST')) this.made.set(name, true)
    else this.#tally.failed('write', answer)
  }

  #ask(kind: string, hurry: boolean, idempotencyKey: string, body: object): Promise<string> {
    const { url } = this.#installation
    return this.#untilAnswered(
      kind,
      () =>
        fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            origin: url,
            cookie: this.client.cookie,
            ...(kind === 'write' && { 'idempotency-key': idempotencyKey }),
          },
          body: JSON.stringify(body),
        }),
      hurry,
    )
  }

  /**
   * Asks, and again after a refusal or a broken connection, as trackers and clients do.
   *
   * @param hurry not to wait as long as a refusal says
   * @throws after two minutes
   */
  async #untilAnswered(kind: string, ask: () => Promise<Response>, hurry: boolean): Promise<string> {
    const deadline = Date.now() + 120_000
    let backOffMs = 200
    while (Date.now() < deadline) {
      const began = performance.now()
      let waitMs = hurry ? 100 : backOffMs
      backOffMs = Math.min(2 * backOffMs, 1_000)
      try {
        const response = await ask()
        const text = await response.text()
        const took = performance.now() - began
        const verdict = judge(response, text)
        if (verdict === 'answered') {
          this.#tally.answered(kind, took)
          return text
        }
        if (verdict === 'refused') {
          this.#tally.refused(kind, took)
          if (!hurry) waitMs = Math.min(1_000 * Number(response.headers.get('retry-after') ?? 0.1), 1_000)
        } else this.#tally.failed(kind, verdict)
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string } }
        this.#tally.failed(kind, `${message}${cause?.code ? ` (${cause.code})` : ''}`)
      }
      await pause(waitMs)
    }
    throw new Error(`No answer to a "${kind}" in two minutes: ${this.#tally.failures.join('; ')}`)
  }

  /** Another network for each, so that none is refused for asking too often. */
  #address(): string {
    const part = () => Math.floor(this.#random.next() * 254) + 1
    return `10.${part()}.${part()}.${part()}`
  }
}

/** Settings that a {@link Load} needs: where its program listens. */
export const loadEnv = { ESPALIER_WEBHOOK_ALLOW: '127.0.0.0/8' }

/** `answered`, `refused` (come back, said in the way that was agreed), or what is wrong with it. */
function judge(response: Response, text: string): string {
  const told = /"code":"([A-Z_]+)"/.exec(text)?.[1]
  if (response.status === 503 && told !== 'TOO_SLOW') {
    if (response.headers.has('x-balancer')) return `no server: ${response.headers.get('x-balancer')}`
    return response.headers.has('retry-after') ? 'refused' : `503 without Retry-After: ${told ?? text.slice(0, 100)}`
  }
  if (told === 'UNAVAILABLE' || told === 'TOO_SLOW' || told === 'IDEMPOTENCY_KEY_IN_USE') return 'refused'
  if (told === 'IDEMPOTENCY_ANSWER_LOST') return 'answered'
  // Of a collector that kept no event of these, and says of each why not.
  if (response.status === 400 && /"rejected":\[/.test(text)) return 'answered'
  if (!response.ok) return `${response.status} ${response.headers.get('x-balancer') ?? told ?? text.slice(0, 100)}`
  return text.startsWith('{"errors"') || /"errors":\[/.test(text)
    ? `200 with ${told ?? text.slice(0, 200)}`
    : 'answered'
}
