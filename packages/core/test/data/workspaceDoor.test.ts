import { PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, test } from 'vitest'
import { Database } from '../../src/data/database.ts'
import type { PrismaClientClass } from '../../src/data/prismaTypes.ts'
import { prepared, sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { db, urls, createWorkspace } = await testDatabase()

let ours: string
let theirs: string

beforeEach(async () => {
  ours = await createWorkspace('ours')
  theirs = await createWorkspace('theirs')
  for (const [workspaceId, value] of [
    [ours, 'blue'],
    [theirs, 'red'],
  ] as const)
    await db.workspace(workspaceId).prisma.pluginSetting.create({ data: { plugin: 'paint', value } })
})

describe('plain SQL', () => {
  test('sees the rows of its workspace without asking for them', async () => {
    expect(await db.workspace(ours).query(sql`select "value" from "PluginSetting"`)).toEqual([{ value: 'blue' }])
  })

  test('binds values, whatever they hold', async () => {
    const plugin = `x'; drop table "PluginSetting"; --`
    await db
      .workspace(ours)
      .query(sql`insert into "PluginSetting" ("plugin", "value", "updatedAt") values (${plugin}, '1', now())`)
    expect(await db.workspace(ours).query(sql`select "value" from "PluginSetting" where "plugin" = ${plugin}`)).toEqual(
      [{ value: 1 }],
    )
  })

  test('runs prepared statements, again and again, for one workspace and the other', async () => {
    const settings = prepared('test_settings', `select "value" from "PluginSetting" where "plugin" = $1`)
    for (let round = 0; round < 10; round++) {
      const both = await Promise.all([ours, theirs].map((id) => db.workspace(id).query(settings('paint'))))
      expect(both).toEqual([[{ value: 'blue' }], [{ value: 'red' }]])
    }
  })

  test('recovers a prepared statement that failed the first time', async () => {
    const divide = prepared('test_divide', 'select 1 / $1::int as "result"')
    for (let round = 0; round < 5; round++) {
      await expect(db.workspace(ours).query(divide(0))).rejects.toThrow('division by zero')
      expect(await db.workspace(ours).query(divide(1))).toEqual([{ result: 1 }])
    }
  })

  test('writes nothing into another workspace, even when told its id', async () => {
    const intrusion = sql`insert into "PluginSetting" ("workspaceId", "plugin", "value", "updatedAt") values (${theirs}, 'x', '1', now())`
    await expect(db.workspace(ours).query(intrusion)).rejects.toThrow('row-level security')
    expect(
      await db
        .workspace(ours)
        .query(sql`update "PluginSetting" set "value" = '"grey"' where "workspaceId" = ${theirs} returning 1`),
    ).toEqual([])
    expect(
      await db.workspace(ours).query(sql`delete from "PluginSetting" where "workspaceId" = ${theirs} returning 1`),
    ).toEqual([])
  })

  test('moves no row of its own into another workspace', async () => {
    await expect(
      db.workspace(ours).query(sql`update "PluginSetting" set "workspaceId" = ${theirs}, "plugin" = 'y'`),
    ).rejects.toThrow('row-level security')
  })

  test('takes an empty statement and a value that cannot be sent, and goes on', async () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    for (let round = 0; round < 8; round++) {
      expect(await db.workspace(ours).query(sql``)).toEqual([])
      await expect(db.workspace(ours).query(sql`select ${circle}::json`)).rejects.toThrow('circular')
      expect(await db.workspace(ours).query(sql`select "value" from "PluginSetting"`)).toEqual([{ value: 'blue' }])
    }
  })

  test('refuses a workspace id that is not a UUID', () => {
    expect(() => db.workspace(`' or true`)).toThrow(expect.objectContaining({ code: 'WORKSPACE_ID_INVALID' }))
  })
})

describe('Prisma', () => {
  test('reads and writes the workspace only', async () => {
    const { prisma } = db.workspace(ours)
    expect(await prisma.pluginSetting.findMany({ select: { value: true } })).toEqual([{ value: 'blue' }])
    expect(await prisma.pluginSetting.updateMany({ data: { value: 'green' } })).toEqual({ count: 1 })
    expect(await db.workspace(theirs).prisma.pluginSetting.findMany({ select: { value: true } })).toEqual([
      { value: 'red' },
    ])
  })

  test('takes tagged raw queries', async () => {
    const { prisma } = db.workspace(ours)
    expect(await prisma.$queryRaw`select "value" from "PluginSetting" where "plugin" = ${'paint'}`).toEqual([
      { value: 'blue' },
    ])
    expect(await prisma.$executeRaw`update "PluginSetting" set "value" = '"green"'`).toBe(1)
  })

  test('keeps two workspaces apart that ask for the same key in the same tick', async () => {
    const ask = (workspaceId: string) =>
      db.workspace(workspaceId).prisma.workspace.findUnique({ where: { id: ours }, select: { name: true } })
    expect(await Promise.all([ask(ours), ask(theirs), ask(ours), ask(theirs)])).toEqual([
      { name: 'ours' },
      null,
      { name: 'ours' },
      null,
    ])
  })

  test('keeps its workspace when a call is awaited elsewhere and later', async () => {
    const later = db.workspace(ours).prisma.pluginSetting.findMany({ select: { value: true } })
    await db.workspace(theirs).prisma.pluginSetting.findMany()
    expect(await later).toEqual([{ value: 'blue' }])
  })

  test('writes nested records, which Prisma wraps in a transaction of its own', async () => {
    const user = await createUser()
    const { prisma } = db.workspace(ours)
    await prisma.workspace.update({
      where: { id: ours },
      data: { members: { create: [{ id: uuidv7(), userId: user }] } },
    })
    const members = await prisma.member.findMany({ include: { user: true, workspace: true } })
    expect(members).toMatchObject([{ userId: user, user: { id: user }, workspace: { id: ours } }])
  })

  test('refuses what would leave the workspace', () => {
    const prisma = db.workspace(ours).prisma as unknown as Record<string, unknown>
    for (const name of ['$transaction', '$extends', '$queryRawUnsafe', '$executeRawUnsafe', '$disconnect'])
      expect(() => prisma[name]).toThrow(expect.objectContaining({ code: 'PRISMA_CALL_REFUSED' }))
  })

  test('serves more workspaces at once than there are clients and connections', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => createWorkspace(`w${index}`)))
    const names = await Promise.all(
      ids.map((id) => db.workspace(id).prisma.workspace.findMany({ select: { name: true } })),
    )
    expect(names).toEqual(ids.map((_, index) => [{ name: `w${index}` }]))
  })
})

describe('people', () => {
  test('are visible where they are members, and cannot be changed from there', async () => {
    const user = await createUser()
    await db.workspace(ours).prisma.member.create({ data: { workspaceId: ours, id: uuidv7(), userId: user } })
    expect(await db.workspace(ours).prisma.user.findMany({ select: { id: true } })).toEqual([{ id: user }])
    expect(await db.workspace(theirs).prisma.user.findMany()).toEqual([])
    await expect(db.workspace(ours).query(sql`update "User" set "name" = 'x'`)).rejects.toThrow('permission denied')
  })

  test.each(['Session', 'Account', 'Verification'])('%s is for the system door alone', async (table) => {
    await expect(db.workspace(ours).query({ text: `select * from "${table}"`, values: [] })).rejects.toThrow(
      'permission denied',
    )
    expect(await db.system.query({ text: `select * from "${table}"`, values: [] })).toEqual([])
  })

  test('no workspace makes or removes a workspace', async () => {
    await expect(db.workspace(ours).query(sql`delete from "Workspace"`)).rejects.toThrow('permission denied')
    await expect(
      db.workspace(ours).query(sql`insert into "Workspace" ("id", "name", "slug") values (${uuidv7()}, 'x', 'x')`),
    ).rejects.toThrow('permission denied')
  })
})

describe('the audit trail', () => {
  const entry = sql`insert into "AuditEntry" ("id", "actorType", "action") values (${uuidv7()}, 'system', 'test')`

  test('grows', async () => {
    await db.workspace(ours).query(entry)
    expect(await db.workspace(ours).prisma.auditEntry.count()).toBe(1)
  })

  test.each(['update "AuditEntry" set "action" = \'x\'', 'delete from "AuditEntry"', 'truncate "AuditEntry"'])(
    'refuses %s at both doors',
    async (text) => {
      await expect(db.workspace(ours).query({ text, values: [] })).rejects.toThrow('permission denied')
      await expect(db.system.query({ text, values: [] })).rejects.toThrow('permission denied')
    },
  )
})

async function createUser(): Promise<string> {
  const id = uuidv7()
  await db.system.query(
    sql`insert into "User" ("id", "name", "email", "updatedAt") values (${id}, 'Ada', ${`${id}@example.com`}, now())`,
  )
  return id
}

test('both doors keep to UTC, whose days have 24 hours, whatever the time zone of the database', async () => {
  const owner = new pg.Client(urls.owner)
  await owner.connect()
  const { database } = owner
  await owner.query(`alter database "${database}" set timezone = 'Europe/Paris'`)
  const summer = sql`select (timestamptz '2026-03-28T23:00:00Z' + interval '1 day')::text as "next"`
  const expected = [{ next: '2026-03-29 23:00:00+00' }]
  const later = new Database({
    appUrl: urls.app,
    systemUrl: urls.system,
    prisma: PrismaClient as unknown as PrismaClientClass,
  })
  try {
    expect(await later.workspace(ours).query(summer)).toEqual(expected)
    expect(await later.workspace(ours).sqlTransaction((tx) => tx.query(summer))).toEqual(expected)
    expect(await later.system.query(summer)).toEqual(expected)
  } finally {
    await later.close()
    await owner.query(`alter database "${database}" reset timezone`)
    await owner.end()
  }
})
