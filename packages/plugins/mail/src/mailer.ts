import type { SqlContext } from '@espalier/core'

export type MailLanguage = 'en' | 'fr'

/** Transactional: somebody waits for it. Marketing: they agreed to get it, and can unsubscribe. */
export type MailClass = 'transactional' | 'marketing'

/** What other plugins ask of the mail plugin. */
export interface Mailer {
  /** Call it in your plugin's `setup`. @throws StartError for a name that is taken, and for a template that does not compile */
  defineTemplate(definition: MailTemplateDefinition): void
  /**
   * Writes a message down, in the transaction that is open or in one of its own; a job sends it, once. The same key is one message.
   *
   * @throws InvalidInputError for an address, a variable or a template that does not do; NotFoundError for a template
   * @returns its id, also where it was written before
   */
  send(context: SqlContext, message: OutgoingMail): Promise<string>
  /**
   * The same for many, in one transaction: all are written down, or none. What goes to thousands takes a few statements in place of
   * thousands, so hand over some hundreds at a time.
   *
   * @throws as `send`, for the first that does not do
   * @returns their ids, in their order
   */
  sendAll(context: SqlContext, messages: readonly OutgoingMail[]): Promise<string[]>
}

/** A template that a plugin brings; a workspace may put its own before it. */
export interface MailTemplateDefinition {
  /** Prefixed with the plugin's name: "operations.daily-report". */
  readonly name: string
  readonly description: Readonly<Record<MailLanguage, string>>
  readonly class: MailClass
  /** What one can unsubscribe from, such as "reports". */
  readonly topic?: string
  /** Liquid over `data`. */
  readonly subject: Readonly<Record<MailLanguage, string>>
  /** MJML with liquid in it. */
  readonly body: Readonly<Record<MailLanguage, string>>
  /** Data that the preview shows, and that saving is checked with: it names every variable. */
  readonly sample: Readonly<Record<MailLanguage, Readonly<Record<string, unknown>>>>
}

export interface OutgoingMail {
  readonly to: { readonly address: string; readonly name?: string }
  readonly template: string
  readonly language: MailLanguage
  readonly data: Readonly<Record<string, unknown>>
  /** 1 to 200 characters, unique in the workspace. */
  readonly idempotencyKey: string
  /** Default: the workspace's sender. */
  readonly from?: { readonly address: string; readonly name?: string }
  readonly replyTo?: string
  /** What it is about, for the log. */
  readonly about?: { readonly type: string; readonly id: string }
  /** Not before then. */
  readonly notBefore?: Date
  readonly attachments?: readonly {
    readonly filename: string
    readonly contentType: string
    readonly content: Buffer
    /** Shown within the mail as `cid:<this>`. */
    readonly contentId?: string
  }[]
}
