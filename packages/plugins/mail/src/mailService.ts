import type { Live, SqlContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { MailAccount } from './account.ts'
import { readAddress } from './address.ts'
import { MailCosts } from './costs.ts'
import type { Feedback } from './feedback/feedback.ts'
import { type HeadedMessage, headersOf } from './headers.ts'
import type { Mailer, MailTemplateDefinition, OutgoingMail } from './mailer.ts'
import { readOutgoing } from './outgoing.ts'
import type { Dispatcher } from './sending/dispatcher.ts'
import { Interventions } from './sending/interventions.ts'
import { outboxSender } from './sending/sender.ts'
import type { Sweep } from './sending/sweep.ts'
import type { WakeUp } from './sending/wakeUp.ts'
import { writeDown, writtenBefore } from './sending/writing.ts'
import type { MailSettings } from './settings.ts'
import type { TemplateCatalog } from './templates/catalog.ts'
import { renderTemplate, textOf } from './templates/render.ts'
import { StoredTemplates, type TemplatePreview } from './templates/storedTemplates.ts'
import type { LinkTracker } from './tracking/trackHtml.ts'
import type { Letter } from './transports/transport.ts'
import type { UnsubscribeLinks } from './unsubscribe/unsubscribeLinks.ts'

export interface MailParts {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly live: Live
  readonly templates: TemplateCatalog
  readonly dispatcher: Dispatcher
  readonly sweep: Sweep
  readonly wakeUp: WakeUp
  readonly account: MailAccount
  readonly tracker: LinkTracker
  readonly unsubscribe: UnsubscribeLinks
  readonly feedback: Feedback
}

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
  readonly #tracker: LinkTracker
  readonly #unsubscribe: UnsubscribeLinks
  readonly #wakeUp: WakeUp

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
    this.#tracker = parts.tracker
    this.#unsubscribe = parts.unsubscribe
    this.#wakeUp = parts.wakeUp
  }

  defineTemplate(definition: MailTemplateDefinition): void {
    this.templates.define(definition)
  }

  async send(context: SqlContext, message: OutgoingMail): Promise<string> {
    const outgoing = readOutgoing(message)
    return context.sqlTransaction(async (tx) => {
      const known = await writtenBefore(tx, outgoing.idempotencyKey)
      if (known) return known
      const settings = await this.#settings(tx)
      const template = await this.templates.find(tx, outgoing.template, outgoing.language)
      const id = uuidv7()
      const unsubscribable = {
        id,
        workspaceId: tx.workspaceId,
        toAddress: outgoing.to.address,
        topic: template.topic,
      }
      const { subject, html } = renderTemplate(template, outgoing.data, {
        unsubscribeUrl: this.#unsubscribe.unsubscribeLink(unsubscribable),
        postalAddress: settings.postalAddress,
      })
      const tracked = this.#tracker.trackHtml(html, {
        workspaceId: tx.workspaceId,
        messageId: id,
        template: outgoing.template,
        mode: settings.tracking,
        honeypot: settings.scannerTrap,
      })
      const written = {
        id,
        outgoing,
        class: template.class,
        topic: template.topic,
        from: outgoing.from ?? { address: readAddress(settings.fromAddress) ?? outboxSender, name: settings.fromName },
        replyTo: outgoing.replyTo ?? readAddress(settings.replyTo) ?? null,
        subject,
        html: tracked.html,
        // Of the HTML without our addresses: in plain text, people see where links lead.
        text: textOf(html),
      }
      return writeDown(tx, written, this.#wakeUp)
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
