import { Webhook } from 'standardwebhooks'

/** What Espalier posts: see the event types under Settings, Webhooks. */
export interface WebhookMessage {
  readonly type: string
  readonly timestamp: string
  readonly data: unknown
}

/** Reads messages that Espalier has signed (Standard Webhooks), each once. */
export class WebhookInbox {
  readonly #webhook: Webhook
  /** A service with more than one process keeps these in its database, together with what it does. */
  readonly #seen = new Set<string>()

  /** @param secret "whsec_…", told once when the endpoint is made */
  constructor(secret: string) {
    this.#webhook = new Webhook(secret)
  }

  /**
   * @param body as it came: the signature is of its bytes, so it must not be parsed before
   * @returns undefined for a message that has been here already
   * @throws WebhookVerificationError where somebody else wrote it, or it is older than five minutes
   */
  read(body: string, headers: Record<string, string>): WebhookMessage | undefined {
    const message = this.#webhook.verify(body, headers) as WebhookMessage
    const id = headers['webhook-id'] as string
    if (this.#seen.has(id)) return undefined
    this.#seen.add(id)
    return message
  }
}
