import { definePlugin, sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import mail, { type MailService } from '../src/index.ts'

let service: MailService
const greeter = definePlugin({
  name: 'greeter',
  requires: [mail],
  setup: ({ use }) => {
    service = use(mail)
    service.defineTemplate({
      name: 'greeter.hello',
      description: { en: 'Says hello.', fr: 'Dit bonjour.' },
      class: 'transactional',
      subject: { en: 'Hello {{ name }}', fr: 'Bonjour {{ name }}' },
      body: {
        en: '<mj-section><mj-column><mj-text>Hello <b>{{ name }}</b></mj-text></mj-column></mj-section>',
        fr: '<mj-section><mj-column><mj-text>Bonjour <b>{{ name }}</b></mj-text></mj-column></mj-section>',
      },
      sample: { en: { name: 'Ada' }, fr: { name: 'Ada' } },
    })
  },
})

const { kernel, createWorkspace } = await servedKernel([mail, greeter])

test('a message is written in its language and kept in the outbox', async () => {
  const context = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  const id = await service.send(context, {
    to: { address: 'Ada@München.DE', name: 'Ada Lovelace' },
    template: 'greeter.hello',
    language: 'fr',
    data: { name: '<i>Ada</i>\r\nBcc: eve@example.com' },
    idempotencyKey: 'hello/ada',
  })
  const read = async () => {
    const [row] = await context.db.query<Record<string, string>>(sql`select * from "MailMessage" where "id" = ${id}`)
    return row as Record<string, string>
  }
  await expect.poll(async () => (await read()).state).toBe('sent')
  const row = await read()
  expect(row).toMatchObject({
    toAddress: 'Ada@xn--mnchen-3ya.de',
    transport: 'outbox',
    dispatch: 'accepted',
    attempts: 1,
  })
  expect(row.subject).toBe('Bonjour <i>Ada</i> Bcc: eve@example.com')
  expect(row.html).toContain('Bonjour <b>&lt;i&gt;Ada&lt;/i&gt;')
  expect(row.text).toContain('Bonjour <i>Ada</i>')
})
