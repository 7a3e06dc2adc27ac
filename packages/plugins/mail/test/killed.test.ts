import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type SqlContext, sql } from '@espalier/core'
import { ManualTime, testDatabase, testKernel } from '@espalier/core/testing'
import pg from 'pg'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { settle } from '../src/feedback/folding.ts'
import { type MailService, mailPlugin } from '../src/index.ts'
import { type SesEmail, StubSes } from '../src/testing/index.ts'
import { greeter, hello, readMessage } from './workspaceWithMail.ts'

// A process that sends is killed, as by `kill -9` or a power cut, at each point where that matters; this one looks at what it left.

const ses = new StubSes()
const endpoint = await ses.listen()
afterAll(() => ses.close())
const database = await testDatabase()
const time = new ManualTime(new Date())
const mail = mailPlugin({ sesEndpoint: endpoint, wait: async (milliseconds) => time.advance(milliseconds) })
let service: MailService
const { kernel } = await testKernel(database, [mail, greeter(mail, (it) => (service = it))], { clock: time })

await kernel.start({ work: false })

let child: ChildProcess | undefined
afterAll(() => child?.kill('SIGKILL'))

beforeEach(() => {
  ses.accepted.length = 0
  ses.fault = () => undefined
  ses.onAccepted = () => {}
})

async function workspace(): Promise<SqlContext> {
  const context = kernel.contexts.workspace(await database.createWorkspace(), { type: 'system', name: 'test' })
  await context.db.query(sql`
    insert into "PluginSetting" ("plugin", "value", "updatedAt")
    values ('mail', ${JSON.stringify({ transport: 'ses', fromAddress: 'hello@example.com' })}::jsonb, now())`)
  await service.account.setSecret(context, 'ses-access-key-id', 'AKIATEST')
  await service.account.setSecret(context, 'ses-secret-access-key', 'a secret of the tests')
  return context
}

function write(context: SqlContext, count: number, template: string): Promise<string[]> {
  return context.sqlTransaction(async (tx) => {
    const ids: string[] = []
    // Due by the clock of the other process as well, which is not turned.
    const notBefore = new Date('2026-01-01')
    for (let n = 0; n < count; n += 1) ids.push(await service.send(tx, hello({ template, notBefore })))
    return ids
  })
}

/** Has another process send; resolves when it is gone. */
async function send(context: SqlContext): Promise<void> {
  const { app, system } = database.urls
  child = fork(join(import.meta.dirname, 'sender.ts'), [app, system, context.workspaceId, endpoint], { execArgv: [] })
  await once(child, 'exit')
}

async function ownersConnection(): Promise<pg.Client> {
  const client = new pg.Client(database.urls.owner)
  // Dropping the database at the end may find one open that a failed test has left.
  client.on('error', () => {})
  await client.connect()
  return client
}

const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

async function dispatches(context: SqlContext): Promise<Record<string, number>> {
  const rows = await context.db.query<{ dispatch: string; count: number }>(
    sql`select "dispatch"::text as "dispatch", count(*)::int as "count" from "MailMessage" group by 1`,
  )
  return Object.fromEntries(rows.map(({ dispatch, count }) => [dispatch, count]))
}

const goOn = (context: SqlContext) => service.dispatcher.run(context, AbortSignal.timeout(120_000))

test('killed between the yes of SES and our record: nothing is sent twice, and nothing is forgotten', async () => {
  const context = await workspace()
  const ids = await write(context, 12, 'greeter.news')
  const taken: SesEmail[] = []
  // Ten calls are open at a time at such a rate; for two messages none could be made yet.
  ses.quota = { ...ses.quota, MaxSendRate: 14 }
  ses.fault = () => 'acceptThenHang'
  ses.onAccepted = (email) => {
    taken.push(email)
    if (taken.length === 10) child?.kill('SIGKILL')
  }
  await send(context)
  expect(await dispatches(context)).toEqual({ attempted: 10, planned: 2 })

  // Whoever comes next sends what nobody was asked for. While its leases last, nobody touches what it had asked for.
  ses.fault = () => undefined
  // From the time of the other process on, which may have taken long to start.
  time.advance(Date.now() - time.now().getTime() + 20_000)
  await service.sweep.one(context)
  await goOn(context)
  expect(ses.accepted).toHaveLength(12)
  expect(await dispatches(context)).toEqual({ attempted: 10, accepted: 2 })
  time.advance(180_000)
  await service.sweep.one(context)
  expect(await dispatches(context)).toEqual({ unknown: 10, accepted: 2 })

  // Reports of seven come: they have left. Of the others nothing is heard.
  for (const { messageId, EmailTags } of taken.slice(0, 7)) {
    const id = EmailTags[0]?.Value as string
    await context.sqlTransaction((tx) => settle(tx, id, { providerId: messageId, at: time.now(), priceMicros: 100 }))
  }
  time.advance(16 * 60_000)
  await service.sweep.one(context)
  expect(await dispatches(context)).toEqual({ accepted: 9, lost: 3 })
  expect(ses.acceptedIds.toSorted()).toEqual(ids.toSorted())
}, 300_000)

test('killed after the answer and before our record: transactional mail comes again, and the second is counted', async () => {
  const context = await workspace()
  const [id] = (await write(context, 1, 'greeter.hello')) as [string]
  // The row is locked when the answer leaves, so that the record of it waits, and the process dies waiting.
  const [other, watcher] = await Promise.all([ownersConnection(), ownersConnection()])
  ses.onAccepted = async () => {
    await other.query('begin')
    await other.query('select 1 from "MailMessage" where "id" = $1 for update', [id])
  }
  const gone = send(context)
  await expect
    .poll(() => watcher.query(waiting).then(({ rowCount }) => rowCount), { timeout: 240_000 })
    .toBeGreaterThan(0)
  child?.kill('SIGKILL')
  await gone
  await other.query('rollback')
  await Promise.all([other.end(), watcher.end()])
  ses.onAccepted = () => {}
  const [first] = ses.accepted as [SesEmail]

  await expect.poll(() => dispatches(context), { timeout: 60_000 }).toEqual({ attempted: 1 })
  time.advance(180_000)
  await service.sweep.one(context)
  time.advance(16 * 60_000)
  await service.sweep.one(context)
  await goOn(context)
  expect(await readMessage(context, id)).toMatchObject({ state: 'sent', attempts: 2, duplicates: 0 })
  expect(ses.acceptedIds).toEqual([id, id])
  await context.sqlTransaction((tx) =>
    settle(tx, id, { providerId: first.messageId, at: time.now(), priceMicros: 100 }),
  )
  expect(await readMessage(context, id)).toMatchObject({ state: 'sent', duplicates: 1 })
}, 300_000)
