import pg from 'pg'
import { expect, test } from 'vitest'
import { type AuditRecord, recordAudit, redacted } from '../../src/access/auditTrail.ts'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { adjustableClock, installation } from './installation.ts'

const database = await testDatabase()
const { context } = installation(database)
const clock = adjustableClock()
const workspaceId = await database.createWorkspace()
const workspace = database.db.workspace(workspaceId)

const record: AuditRecord = {
  action: 'publishPage',
  principal: { type: 'apiKey', id: 'key', name: 'Robot' },
  at: clock.now(),
  change: { resourceType: 'Page', resourceId: 'page', before: { status: 'draft' }, after: { status: 'published' } },
  ipAddress: '203.0.113.7',
  userAgent: 'curl/8',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
}
const entries = (action: string) =>
  workspace.query(sql`select * from "AuditEntry" where "action" = ${action} order by "id"`)

test('an entry says who, what, which resource, from where, before and after', async () => {
  await workspace.transaction((tx) => recordAudit(tx, record))
  expect(await entries('publishPage')).toEqual([
    {
      workspaceId,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      at: record.at,
      actorType: 'apiKey',
      actorId: 'key',
      actorName: 'Robot',
      action: 'publishPage',
      resourceType: 'Page',
      resourceId: 'page',
      ipAddress: '203.0.113.7',
      userAgent: 'curl/8',
      before: { status: 'draft' },
      after: { status: 'published' },
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    },
  ])
})

test('a change and its entry stand or fall together', async () => {
  const failing = workspace.transaction(async (tx) => {
    await recordAudit(tx, { ...record, action: 'rolledBack' })
    throw new Error('something later fails')
  })
  await expect(failing).rejects.toThrow('something later fails')
  expect(await entries('rolledBack')).toEqual([])
})

test('what jobs and handlers change is recorded in the name of the system', async () => {
  await context(workspaceId, { type: 'system', name: 'jobs/nightly' }).transaction(async (tx) => {
    tx.audit({ resourceType: 'Page', resourceId: 'one', after: 1 })
    tx.audit({ resourceType: 'Page', resourceId: 'two', before: [1] })
  })
  expect(await entries('jobs/nightly')).toMatchObject([
    { actorType: 'system', actorId: null, resourceId: 'one', before: null, after: 1 },
    { actorType: 'system', actorId: null, resourceId: 'two', before: [1], after: null },
  ])
})

test('nobody edits or deletes an entry: not the app, not the system, not the owner by update', async () => {
  const change = [
    `update "AuditEntry" set "action" = 'nothing'`,
    `delete from "AuditEntry"`,
    `truncate "AuditEntry"`,
    `insert into "AuditEntry" select * from "AuditEntry" on conflict ("workspaceId", "id") do update set "action" = 'nothing'`,
    `alter table "AuditEntry" disable trigger all`,
  ]
  const before = await entries('publishPage')
  for (const url of [database.urls.app, database.urls.system]) {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(`set app.workspace = '${workspaceId}'`)
    for (const statement of change)
      await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/)
    await client.end()
  }
  const owner = new pg.Client(database.urls.owner)
  await owner.connect()
  await expect(owner.query(change[0] as string)).rejects.toThrow('append-only')
  await owner.end()
  expect(await entries('publishPage')).toEqual(before)
})

test('an entry cannot be written into another workspace', async () => {
  const other = await database.createWorkspace()
  await expect(recordAudit({ ...workspace, workspaceId: other }, record)).rejects.toThrow('row-level security')
})

test('fields named like a secret are not recorded, at any depth; their neighbors are', () => {
  const seen = redacted({
    name: 'SMTP',
    password: 'p',
    passwordHash: 'h',
    client_secret: 's',
    apiKey: 'k',
    accessToken: 't',
    refresh_token: null,
    headers: [{ Authorization: 'Bearer x', Accept: 'json' }],
    tokenCount: 3,
    keyId: 'k1',
    hasPassword: true,
    credentials: { user: 'u' },
    at: new Date(0),
    big: 12345678901234567890n,
    bytes: Buffer.from('abc'),
    tags: new Set(['a']),
    nothing: undefined,
    url: new URL('https://example.com/'),
  })
  expect(seen).toEqual({
    name: 'SMTP',
    password: '[redacted]',
    passwordHash: '[redacted]',
    client_secret: '[redacted]',
    apiKey: '[redacted]',
    accessToken: '[redacted]',
    refresh_token: null,
    headers: [{ Authorization: '[redacted]', Accept: 'json' }],
    tokenCount: 3,
    keyId: 'k1',
    hasPassword: true,
    credentials: '[redacted]',
    at: '1970-01-01T00:00:00.000Z',
    big: '12345678901234567890',
    bytes: '3 bytes',
    tags: ['a'],
    nothing: undefined,
    url: 'https://example.com/',
  })
})

test('a user agent of any length does not fill the trail', async () => {
  await recordAudit(workspace, { ...record, action: 'long', userAgent: 'x'.repeat(100_000) })
  expect(await entries('long')).toMatchObject([{ userAgent: 'x'.repeat(500) }])
})
