import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, type EventDefinition, sql, type WorkspaceContext, when } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import {
  type MailService,
  mailBounced,
  mailClicked,
  mailComplained,
  mailPlugin,
  mailSendingHeld,
  mailUnsubscribed,
} from '../src/index.ts'
import { authority, certificateServer, ownCertificates, signedMessage, topic } from './authority.ts'

const patience = { timeout: 60_000, interval: 20 }

/** What tests of what comes back share: a served kernel with mails in it, SNS, and ears for events. Call it while collecting. */
export async function mailback() {
  const certificates = ownCertificates()
  const confirmed: string[] = []
  const sns = certificateServer({})
  const outside = (async (url: string | URL | Request, options?: RequestInit) => {
    if (String(url).startsWith('https://sns.eu-west-1.amazonaws.com/?')) {
      confirmed.push(String(url))
      return new Response('<ConfirmSubscriptionResponse/>')
    }
    return certificates.fetch(String(url), options)
  }) as typeof sns.fetch
  const mail = mailPlugin({ sns: { fetch: outside, roots: [authority.pem('root')] } })

  const heard: { name: string; payload: Record<string, unknown> }[] = []
  const hear = <Payload>(event: EventDefinition<Payload>) =>
    when(event, async ({ name, payload }) => {
      heard.push({ name, payload: payload as Record<string, unknown> })
    })
  let service: MailService | undefined
  const body = (text: string) => ({
    en: `<mj-section><mj-column><mj-text>${text} <a href="https://shop.example/pears?a=1&amp;b=2">Pears</a> <a href="https://shop.example/apples">Apples</a> <a href="https://shop.example/plums">Plums</a></mj-text></mj-column></mj-section>`,
    fr: `<mj-section><mj-column><mj-text>${text} <a href="https://shop.example/poires">Poires</a></mj-text></mj-column></mj-section>`,
  })
  const shop = definePlugin({
    name: 'shop',
    requires: [mail],
    setup: ({ use }) => {
      service = use(mail)
      const subject = { en: 'News', fr: 'Nouvelles' }
      const common = { description: { en: 'Of the shop.', fr: 'De la boutique.' }, subject, sample: { en: {}, fr: {} } }
      service.defineTemplate({ ...common, name: 'shop.news', class: 'marketing', topic: 'news', body: body('New:') })
      service.defineTemplate({ ...common, name: 'shop.receipt', class: 'transactional', body: body('Paid:') })
    },
    on: [hear(mailBounced), hear(mailClicked), hear(mailComplained), hear(mailSendingHeld), hear(mailUnsubscribed)],
  })

  const served = await servedKernel([mail, shop])
  const { kernel, url, signIn } = served

  return {
    ...served,
    mail,
    heard,
    confirmed,
    service: service as unknown as MailService,
    of: (messageId: string) => heard.filter(({ payload }) => payload.messageId === messageId).map(({ name }) => name),
    /** A workspace that listens to the tests' topic, and its owner. */
    workspace: async (settings: Record<string, unknown> = {}) => {
      const owner = await signIn()
      const value = { snsTopics: [topic], tracking: 'individual', ...settings }
      await owner.ask(
        'mutation ($value: JSON!) { updatePluginSettings(plugin: "mail", value: $value) { ... on Error { message } } }',
        { value },
      )
      const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
      const [{ slug } = { slug: '' }] = await kernel.access.system.query<{ slug: string }>(
        sql`select "slug" from "Workspace" where "id" = ${owner.workspaceId}`,
      )
      return {
        owner,
        context,
        slug,
        send: async (fields: Partial<Parameters<MailService['send']>[1]> = {}): Promise<string> => {
          const id = await (service as unknown as MailService).send(context, {
            to: { address: 'ada@example.com' },
            template: 'shop.news',
            language: 'en',
            data: {},
            idempotencyKey: uuidv7(),
            ...fields,
          })
          await expect
            .poll(async () => (await messageRow(context, id)).dispatch, patience)
            .not.toMatch(/planned|claimed/)
          return id
        },
        row: (id: string) => messageRow(context, id),
        post: (envelope: unknown, headers: Record<string, string> = {}) =>
          fetch(`${url}/mail/sns/${slug}`, {
            method: 'POST',
            headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
            body: typeof envelope === 'string' ? envelope : JSON.stringify(envelope),
          }),
        /** As SES tells it, over SNS. @returns SNS's number of it */
        tell: async (event: object): Promise<string> => {
          const envelope = signedMessage({ Message: JSON.stringify(event) })
          const answer = await fetch(`${url}/mail/sns/${slug}`, { method: 'POST', body: JSON.stringify(envelope) })
          if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
          return envelope.MessageId ?? ''
        },
        handled: async (webhookId: string): Promise<string | null> => {
          const read = async () => {
            const [row] = await context.db.query<{ handledAt: Date | null; failure: string | null }>(
              sql`select "handledAt", "failure" from "MailWebhook" where "id" = ${webhookId}`,
            )
            return row
          }
          await expect.poll(async () => (await read())?.handledAt, patience).toBeInstanceOf(Date)
          return (await read())?.failure ?? null
        },
      }
    },
  }
}

export interface MessageRow {
  readonly id: string
  readonly state: string
  readonly dispatch: string
  readonly html: string
  readonly providerId: string | null
  readonly duplicates: number
  readonly [column: string]: unknown
}

async function messageRow(context: WorkspaceContext, id: string): Promise<MessageRow> {
  const [row] = await context.db.query<MessageRow>(sql`select * from "MailMessage" where "id" = ${id}`)
  return row as MessageRow
}

/** One of SES's own examples, about a message of ours. */
export function sesExample(name: string, messageId?: string, changes: object = {}) {
  const event = JSON.parse(readFileSync(join(import.meta.dirname, 'payloads', `${name}.json`), 'utf8'))
  if (messageId) event.mail.tags = { ...event.mail.tags, 'espalier-message': [messageId] }
  return { ...event, ...changes }
}
