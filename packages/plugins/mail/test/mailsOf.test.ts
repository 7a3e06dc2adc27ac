import { defineJob, definePlugin } from '@espalier/core'
import { testApp } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import mail, { type MailService } from '../src/index.ts'
import { mailsOf } from '../src/testing/index.ts'

const text = { en: 'Your entry is up, {{ name }}', fr: 'Votre mot est en ligne, {{ name }}' }
const section = (words: string) => `<mj-section><mj-column><mj-text>${words}</mj-text></mj-column></mj-section>`

const congratulate = defineJob({
  name: 'postbox.congratulate',
  input: z.object({ address: z.string(), language: z.enum(['en', 'fr']) }),
  run: async ({ address, language }, context, service: MailService) =>
    void (await service.send(context, {
      to: { address, name: 'Ada' },
      template: 'postbox.up',
      language,
      data: { name: 'Ada' },
      idempotencyKey: `up/${address}`,
      attachments: [{ filename: 'pear.txt', contentType: 'text/plain', content: Buffer.from('pear') }],
    })),
})

const postbox = definePlugin({
  name: 'postbox',
  requires: [mail],
  setup: ({ use }) => {
    const service = use(mail)
    service.defineTemplate({
      name: 'postbox.up',
      description: { en: 'Says that an entry is up.', fr: 'Dit qu’une entrée est prête.' },
      class: 'transactional',
      subject: text,
      body: { en: section(text.en), fr: section(text.fr) },
      sample: { en: { name: 'Ada' }, fr: { name: 'Ada' } },
    })
    return service
  },
  jobs: [congratulate],
})

const app = await testApp({ plugins: [postbox] })

test('what a plugin sends is there for a test to read, as it leaves, once the jobs have run', async () => {
  const other = await app.newWorkspace()
  await app.workspace.context.enqueue(congratulate, { address: 'ada@example.com', language: 'fr' as const })
  await other.context.enqueue(congratulate, { address: 'ben@example.com', language: 'en' as const })
  expect(await mailsOf(app)).toEqual([])
  await app.quiet()
  const [ada, ...more] = await mailsOf(app, { to: 'Ada@example.com' })
  expect(more).toEqual([])
  expect(ada).toMatchObject({
    workspaceId: app.workspace.id,
    to: 'ada@example.com',
    subject: 'Votre mot est en ligne, Ada',
    text: expect.stringContaining('Votre mot est en ligne, Ada'),
    html: expect.stringContaining('Votre mot est en ligne, Ada'),
    template: 'postbox.up',
    sentAt: app.clock.now(),
  })
  expect(ada?.attachments[0]?.content.toString()).toBe('pear')
  expect(await mailsOf(app, { workspace: other })).toMatchObject([{ to: 'ben@example.com' }])
})
