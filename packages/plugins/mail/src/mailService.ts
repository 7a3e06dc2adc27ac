import type { Live, SqlContext } from '@espalier/core'
import type { MailAccount } from './account.ts'
import { MailCosts } from './costs.ts'
import type { Feedback } from './feedback/feedback.ts'
import { type HeadedMessage, headersOf } from './headers.ts'
import type { Mailer, MailTemplateDefinition, OutgoingMail } from './mailer.ts'
import { readOutgoing } from './outgoing.ts'
import type { Dispatcher } from './sending/dispatcher.ts'
import { Interventions } from './sending/interventions.ts'
import { MailWriter } from './sending/mailWriter.ts'
import type { Sweep } from './sending/sweep.ts'
import { type WrittenFor, writeDown, writtenBefore } from './sending/writing.ts'
import type { MailSettings } from './settings.ts'
import type { TemplateCatalog } from './templates/catalog.ts'
import { StoredTemplates, type TemplatePreview } from './templates/storedTemplates.ts'
import type { LinkTracker } from './tracking/trackHtml.ts'
import type { Letter } from './transports/transport.ts'
import type { UnsubscribeLinks } from './unsubscribe/unsubscribeLinks.ts'

export interface MailParts extends WrittenFor {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly live: Live
  readonly templates: TemplateCatalog
  readonly dispatcher: Dispatcher
  readonly sweep: Sweep
  readonly account: MailAccount
  readonly tracker: LinkTracker
  readonly unsubscribe: UnsubscribeLinks
  readonly feedback: Feedback
}

/** Messages of one INSERT: they are in memory together. */
const writtenTogether = 200

/** The service of the mail plugin. */
export class MailService implements Mailer {
  readonly live: Live
  readonly templates: TemplateCatalog
  /** Those that the workspace writes itself. */
  readonly stored: StoredTemplates
  readonly dispatcher: Dispatcher
  readonly sweep: Sweep
  readonly interventions: Interventions
  readonly account: MailAccount
  /** What mail costs and brings, by day. */
  readonly costs = new MailCosts()
  /** What comes back of the mail that has left. */
  readonly feedback: Feedback
  readonly #settings: MailParts['settings']
  readonly #writer: MailWriter
  readonly #unsubscribe: UnsubscribeLinks
  readonly #writtenFor: WrittenFor

  constructor(parts: MailParts) {
    this.live = parts.live
    this.templates = parts.templates
    this.stored = new StoredTemplates(parts.templates)
    this.dispatcher = parts.dispatcher
    this.sweep = parts.sweep
    this.interventions = new Interventions(parts.settings, parts.wakeUp)
    this.account = parts.account
    this.feedback = parts.feedback
    this.#settings = parts.settings
    this.#writer = new MailWriter(parts)
    this.#unsubscribe = parts.unsubscribe
    this.#writtenFor = parts
  }

  /** Messages a second over SMTP. */
  async ratePerSecond(context: SqlContext): Promise<number> {
    return (await this.#settings(context)).ratePerSecond
  }

  defineTemplate(definition: MailTemplateDefinition): void {
    this.templates.define(definition)
  }

  async send(context: SqlContext, message: OutgoingMail): Promise<string> {
    const [id] = await this.sendAll(context, [message])
    return id as string
  }

  async sendAll(context: SqlContext, messages: readonly OutgoingMail[]): Promise<string[]> {
    const outgoing = messages.map(readOutgoing)
    const keys = outgoing.map(({ idempotencyKey }) => idempotencyKey)
    return context.sqlTransaction(async (tx) => {
      const ids = await writtenBefore(tx, keys)
      // The same key is one message, within a call as well: the first. In the order of their keys, so that two callers with the
      // same keys wait for each other one after another, and not in a circle.
      const byKey = new Map(outgoing.toReversed().map((one) => [one.idempotencyKey, one]))
      const fresh = [...byKey.values()]
        .filter(({ idempotencyKey }) => !ids.has(idempotencyKey))
        .sort((a, b) => (a.idempotencyKey < b.idempotencyKey ? -1 : 1))
      while (fresh.length > 0) {
        const mails = await this.#writer.writeAll(tx, fresh.splice(0, writtenTogether))
        for (const [key, id] of await writeDown(tx, mails, this.#writtenFor)) ids.set(key, id)
      }
      return keys.map((key) => ids.get(key) as string)
    })
  }

  /** A template filled in, as it would leave but for links that tell. */
  async previewTemplate(
    context: SqlContext,
    input: Parameters<StoredTemplates['preview']>[1],
  ): Promise<TemplatePreview> {
    const { postalAddress } = await this.#settings(context)
    return this.stored.preview(context, input, { unsubscribeUrl: 'https://example.com/unsubscribe', postalAddress })
  }

  /** Headers beside sender, receiver and subject. */
  headers(context: SqlContext, message: HeadedMessage): Letter['headers'] {
    return headersOf(message, context.workspaceId, this.#unsubscribe)
  }
}
