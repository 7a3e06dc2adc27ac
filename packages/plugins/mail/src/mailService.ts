import type { Live, SqlContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Mailer, MailTemplateDefinition, OutgoingMail } from './mailer.ts'
import { readOutgoing } from './outgoing.ts'
import type { Dispatcher } from './sending/dispatcher.ts'
import type { Sweep } from './sending/sweep.ts'
import { writeDown, writtenBefore } from './sending/writing.ts'
import type { MailSettings } from './settings.ts'
import type { TemplateCatalog } from './templates/catalog.ts'
import { renderTemplate } from './templates/render.ts'

export interface MailParts {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly live: Live
  readonly templates: TemplateCatalog
  readonly dispatcher: Dispatcher
  readonly sweep: Sweep
}

/** The service of the mail plugin. */
export class MailService implements Mailer {
  readonly live: Live
  readonly templates: TemplateCatalog
  readonly dispatcher: Dispatcher
  readonly sweep: Sweep
  readonly #settings: MailParts['settings']

  constructor(parts: MailParts) {
    this.live = parts.live
    this.templates = parts.templates
    this.dispatcher = parts.dispatcher
    this.sweep = parts.sweep
    this.#settings = parts.settings
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
      const { subject, html } = renderTemplate(template, outgoing.data, {
        unsubscribeUrl: '',
        postalAddress: settings.postalAddress,
      })
      return writeDown(tx, {
        id,
        outgoing,
        class: template.class,
        topic: template.topic,
        from: outgoing.from ?? { address: settings.fromAddress || outboxSender, name: settings.fromName },
        replyTo: outgoing.replyTo ?? (settings.replyTo || null),
        subject,
        html,
        links: [],
      })
    })
  }
}

/** Good for the outbox alone: providers want one that they know. */
const outboxSender = 'espalier@localhost'
