import { type SqlContext, sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { AddressKeys } from '../src/addressKeys.ts'
import { eraseAddress } from '../src/erasure.ts'
import { type MailService, mailPlugin } from '../src/index.ts'
import { FreshBodies } from '../src/sending/freshBodies.ts'
import { Suppressions } from '../src/suppressions.ts'
import type { Letter, Transport } from '../src/transports/transport.ts'
import { greeter, hello, readMessage } from './workspaceWithMail.ts'

const letters: Letter[] = []
const transport: Transport = {
  name: 'smtp',
  account: 'smtp/test',
  priceMicros: 0,
  mostCalls: 50,
  rateLastsSeconds: 300,
  rate: async () => ({ perSecond: 10_000, perDay: null, sentLast24h: 0 }),
  deliver: async (letter) => {
    letters.push(letter)
    return { kind: 'accepted', providerId: `taken ${letter.id}` }
  },
  close: () => {},
}
const database = await testDatabase()

/** A process of its own, as far as mail can tell. */
async function startMail() {
  const mail = mailPlugin({ transport, wait: async () => {} })
  let service: MailService | undefined
  const { kernel } = await testKernel(database, [mail, greeter(mail, (it) => (service = it))])
  await kernel.start({ work: false })
  return { kernel, service: service as MailService }
}
const here = await startMail()
const elsewhere = await startMail()

async function workspace(): Promise<SqlContext> {
  const context = here.kernel.contexts.workspace(await database.createWorkspace(), { type: 'system', name: 'test' })
  await context.db.query(sql`
    insert into "PluginSetting" ("plugin", "value", "updatedAt")
    values ('mail', ${JSON.stringify({ transport: 'smtp', fromAddress: 'hello@example.com' })}::jsonb, now())`)
  return context
}

const run = ({ service }: typeof here, context: SqlContext) =>
  service.dispatcher.run(context, AbortSignal.timeout(30_000))

beforeEach(() => {
  letters.length = 0
})

describe('what leaves is what the row says', () => {
  test('from the process that wrote it down, and from another', async () => {
    const context = await workspace()
    for (const sender of [here, elsewhere]) {
      const ids = await here.service.sendAll(
        context,
        ['Ada', 'Zoë 🍐'].map((name) => hello({ data: { name } })),
      )
      expect(await run(sender, context)).toMatchObject({ accepted: 2 })
      for (const id of ids) {
        const { html, text, subject } = await readMessage(context, id)
        expect(html).toContain(subject.replace('Hello ', ''))
        expect(letters.find((letter) => letter.id === id)).toMatchObject({ html, text, subject })
      }
    }
  })

  test('together with what others wrote, in one run', async () => {
    const context = await workspace()
    const ids = [
      ...(await here.service.sendAll(context, [hello({ data: { name: 'Pear' } })])),
      ...(await elsewhere.service.sendAll(context, [hello({ data: { name: 'Quince' } })])),
    ]
    expect(await run(here, context)).toMatchObject({ accepted: 2 })
    const said = ids.map((id) => letters.find((letter) => letter.id === id)?.html)
    expect(said).toEqual([expect.stringContaining('Pear'), expect.stringContaining('Quince')])
  })

  test('nothing, once it was erased', async () => {
    const context = await workspace()
    const [id] = (await here.service.sendAll(context, [hello({ to: { address: 'ada@example.com' } })])) as [string]
    const suppressions = new Suppressions(new AddressKeys(Buffer.from('a secret of the test')))
    expect(await eraseAddress(context, suppressions, 'ada@example.com')).toMatchObject({ messages: 1 })
    await here.service.interventions.resend(context, id)
    await run(here, context)
    expect(letters.map(({ html, text, to }) => ({ html, text, to: to.address }))).toEqual([
      { html: '', text: '', to: '' },
    ])
  })
})

describe('what is kept', () => {
  const pear = { id: '1', toAddress: 'ada@example.com', html: '<p>Pear</p>', text: 'Pear' }

  test('is given once, to its workspace and for its address', () => {
    const bodies = new FreshBodies()
    bodies.keep('orchard', pear)
    expect(bodies.take('meadow', pear)).toBeUndefined()
    expect(bodies.take('orchard', pear)).toMatchObject({ html: '<p>Pear</p>', text: 'Pear' })
    expect(bodies.take('orchard', pear)).toBeUndefined()
    bodies.keep('orchard', pear)
    expect(bodies.take('orchard', { id: '1', toAddress: '' })).toBeUndefined()
  })

  test('has an end: what was written first stays', () => {
    const bodies = new FreshBodies()
    const long = 'x'.repeat(5 * 1024 * 1024)
    const ids = ['1', '2', '3', '4', '5']
    for (const id of ids) bodies.keep('orchard', { ...pear, id, html: long })
    const kept = ids.filter((id) => bodies.take('orchard', { ...pear, id }))
    expect(kept).toEqual(['1', '2', '3'])
    bodies.keep('orchard', { ...pear, html: long })
    expect(bodies.take('orchard', pear)).toBeDefined()
  })
})
