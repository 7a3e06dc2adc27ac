import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A process that mails is killed, as by `kill -9` or a power cut, after it has taken what waits and before it commits. Then
// two processes mail at once.

const database = await testDatabase()
const { kernel } = await testKernel(database, [mail, operations])
await kernel.start({ work: false })
const service = kernel.service(operations)

const owner = new pg.Client(database.urls.owner)
// What others do is told once for each transaction: who watches has none open.
const watcher = new pg.Client(database.urls.owner)
beforeAll(() => Promise.all([owner.connect(), watcher.connect()]))
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all([owner.end(), watcher.end()])
})

function sender(what: string): ChildProcess {
  const { app, system } = database.urls
  const child = fork(join(import.meta.dirname, 'sender.ts'), [app, system, what], { execArgv: [] })
  children.push(child)
  return child
}

const waiting = async () => {
  const { rowCount } = await watcher.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rowCount
}

/** A workspace whose owner was told something ten minutes ago, which is to be mailed; and their report is due since then. */
async function workspace(wait: 'soon' | 'digest') {
  const workspaceId = await database.createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const { rows } = await owner.query(`insert into "User" ("id", "name", "email", "emailVerified", "updatedAt")
    values (gen_random_uuid(), 'Ada', 'ada-' || gen_random_uuid() || '@example.com', true, now()) returning "id"`)
  const userId = rows[0].id as string
  await kernel.access.addMember(workspaceId, userId, 'owner')
  await service.notify(context, {
    kind: wait === 'soon' ? 'problem' : 'failedJob',
    key: 'one',
    severity: 'warning',
    title: { en: 'It leaks', fr: 'Ça fuit' },
  })
  const past = new Date(Date.now() - 600_000)
  await context.db.query(sql`update "NotificationReceipt" set "createdAt" = ${past}`)
  await context.db.query(sql`
    insert into "ReportSubscription" ("userId", "timeZone", "at") values (${userId}, 'UTC', ${past.toISOString().slice(11, 16)})`)
  return {
    mails: () => context.db.query<{ text: string }>(sql`select "text" from "MailMessage"`),
    waits: () => context.db.query<{ mail: string }>(sql`select "mail" from "NotificationReceipt"`),
  }
}

test.each([
  ['notifications', 'soon'],
  ['reports', 'digest'],
] as const)(
  'killed while it mails %s: one mail leaves, whoever goes on',
  async (what, wait) => {
    const { mails, waits } = await workspace(wait)
    // Nobody can write a message down: the process stands still with what it has taken.
    await owner.query('begin; lock table "MailMessage" in exclusive mode')
    const child = sender(what)
    const gone = once(child, 'exit')
    await expect.poll(waiting, { timeout: 240_000 }).toBeGreaterThan(0)
    child.kill('SIGKILL')
    expect(await gone).toEqual([null, 'SIGKILL'])
    await owner.query('rollback')
    expect(await mails()).toEqual([])
    expect(await waits()).toEqual([{ mail: wait }])

    const other = once(sender(what), 'exit')
    const due = what === 'reports' ? service.reports : service.mailed
    await due.sendDue(kernel.contexts.system('test'))
    expect(await other).toEqual([0, null])
    expect(await mails()).toEqual([{ text: expect.stringContaining('It leaks') }])
    expect(await waits()).toEqual([{ mail: 'mailed' }])
  },
  300_000,
)
