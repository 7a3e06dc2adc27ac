import { type AnyPlugin, definePlugin, type SqlContext, sql } from '@espalier/core'
import type { SignedInClient } from '@espalier/core/testing'
import type { MailService, OutgoingMail } from '../src/index.ts'

/** A plugin that has templates of its own, and hands out the service of the mail plugin. */
export function greeter(mail: AnyPlugin, got: (service: MailService) => void) {
  return definePlugin({
    name: 'greeter',
    requires: [mail],
    setup: ({ use }) => {
      const service = use(mail) as MailService
      got(service)
      const hello = (greeting: string) =>
        `<mj-section><mj-column><mj-text>${greeting} <b>{{ name }}</b></mj-text><mj-button href="https://example.com/offer">${greeting}</mj-button></mj-column></mj-section>`
      const text = {
        description: { en: 'Says hello.', fr: 'Dit bonjour.' },
        subject: { en: 'Hello {{ name }}', fr: 'Bonjour {{ name }}' },
        body: { en: hello('Hello'), fr: hello('Bonjour') },
        sample: { en: { name: 'Ada' }, fr: { name: 'Zoé' } },
      }
      service.defineTemplate({ ...text, name: 'greeter.hello', class: 'transactional' })
      service.defineTemplate({ ...text, name: 'greeter.news', class: 'marketing', topic: 'news' })
    },
  })
}

let written = 0

/** A message, but for what a test says. */
export function hello(message: Partial<OutgoingMail> = {}): OutgoingMail {
  written += 1
  return {
    to: { address: `ada${written}@example.com`, name: 'Ada' },
    template: 'greeter.hello',
    language: 'en',
    data: { name: 'Ada' },
    idempotencyKey: `hello/${written}`,
    ...message,
  }
}

/** Has a workspace send with these settings, through the door of its owner. */
export async function configure(
  { ask }: SignedInClient,
  value: Record<string, unknown>,
  secrets: Record<string, string> = {},
): Promise<void> {
  await act(
    ask,
    'mutation ($value: JSON!) { answer: updatePluginSettings(plugin: "mail", value: $value) { __typename ... on Error { message } } }',
    { value },
  )
  for (const [name, secret] of Object.entries(secrets)) {
    await act(
      ask,
      'mutation ($name: MailSecretName!, $secret: String) { answer: setMailSecret(name: $name, secret: $secret) { __typename ... on Error { message } } }',
      { name, secret },
    )
  }
}

async function act(ask: SignedInClient['ask'], mutation: string, variables: Record<string, unknown>): Promise<void> {
  const { answer } = await ask<{ answer: { __typename: string; message?: string } }>(mutation, variables)
  if (!answer.__typename.endsWith('Success')) throw new Error(answer.message)
}

export const sesSecrets = { SES_ACCESS_KEY_ID: 'AKIATEST', SES_SECRET_ACCESS_KEY: 'a secret of the tests' }

export interface MessageRow {
  readonly id: string
  readonly state: string
  readonly dispatch: string
  readonly transport: string | null
  readonly providerId: string | null
  readonly attempts: number
  readonly duplicates: number
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly costMicros: string
  readonly sentAt: Date | null
  readonly failedAt: Date | null
  readonly notBefore: Date
  readonly html: string
  readonly text: string
  readonly subject: string
}

export async function readMessage(context: SqlContext, id: string): Promise<MessageRow> {
  const [row] = await context.db.query<MessageRow>(sql`select * from "MailMessage" where "id" = ${id}`)
  return row as MessageRow
}
