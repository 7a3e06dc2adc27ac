import { setImmediate } from 'node:timers/promises'
import type { SqlContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { readAddress } from '../address.ts'
import type { ReadOutgoing } from '../outgoing.ts'
import type { MailSettings } from '../settings.ts'
import type { TemplateCatalog } from '../templates/catalog.ts'
import type { CompiledTemplate } from '../templates/compile.ts'
import { type MailVariables, renderSubject } from '../templates/render.ts'
import type { LinkTracker } from '../tracking/trackHtml.ts'
import type { UnsubscribeLinks } from '../unsubscribe/unsubscribeLinks.ts'
import { LetterWriter } from './letterWriter.ts'
import { outboxSender } from './sender.ts'
import type { WrittenMail } from './writing.ts'

/** Filled in before others get their turn: a mail takes a fraction of a millisecond, and somebody waits for a page. */
const atATime = 10

export interface MailWriterParts {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly templates: TemplateCatalog
  readonly tracker: LinkTracker
  readonly unsubscribe: UnsubscribeLinks
}

/** Makes mails of what plugins ask for: templates filled in, links that tell, text beside the HTML. */
export class MailWriter {
  readonly #parts: MailWriterParts
  readonly #letters: LetterWriter

  constructor(parts: MailWriterParts) {
    this.#parts = parts
    this.#letters = new LetterWriter(parts.tracker)
  }

  /** @throws InvalidInputError for data that a template does not take; NotFoundError for a template */
  async writeAll(context: SqlContext, outgoing: readonly ReadOutgoing[]): Promise<WrittenMail[]> {
    const settings = await this.#parts.settings(context)
    const sender: Sender = {
      from: { address: readAddress(settings.fromAddress) ?? outboxSender, name: settings.fromName },
      replyTo: readAddress(settings.replyTo) ?? null,
    }
    const templates = new Map<string, CompiledTemplate>()
    const mails: WrittenMail[] = []
    for (const one of outgoing) {
      const key = `${one.language} ${one.template}`
      const template = templates.get(key) ?? (await this.#parts.templates.find(context, one.template, one.language))
      templates.set(key, template)
      mails.push(this.#write(context.workspaceId, one, template, settings, sender))
      if (mails.length % atATime === 0) await setImmediate()
    }
    return mails
  }

  #write(
    workspaceId: string,
    outgoing: ReadOutgoing,
    template: CompiledTemplate,
    settings: MailSettings,
    sender: Sender,
  ): WrittenMail {
    const id = uuidv7()
    const { topic } = template
    const mail: MailVariables = {
      unsubscribeUrl: this.#parts.unsubscribe.unsubscribeLink({
        id,
        workspaceId,
        toAddress: outgoing.to.address,
        topic,
      }),
      postalAddress: settings.postalAddress,
    }
    const subject = renderSubject(template, outgoing.data, mail)
    const letter = this.#letters.write(template, outgoing.data, mail, {
      workspaceId,
      messageId: id,
      template: outgoing.template,
      mode: settings.tracking,
      honeypot: settings.scannerTrap,
    })
    return {
      id,
      outgoing,
      class: template.class,
      topic,
      from: outgoing.from ?? sender.from,
      replyTo: outgoing.replyTo ?? sender.replyTo,
      subject,
      ...letter,
    }
  }
}

/** Of messages that name no other. */
type Sender = Pick<WrittenMail, 'from' | 'replyTo'>
