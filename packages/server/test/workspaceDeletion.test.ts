import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@espalier/core'
import { servedKernel, testDatabase } from '@espalier/core/testing'
import { PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { furnish } from '../src/demo/furnish.ts'
import { installedPlugins } from '../src/plugins.ts'

const plugins = await installedPlugins()

let ahead = 0
const clock: Clock = { now: () => new Date(Date.now() + ahead) }
const folder = await mkdtemp(join(tmpdir(), 'espalier-deletion-'))
const { urls } = await testDatabase()
const { kernel, url, signIn } = await servedKernel(plugins, {
  ...{ furnish, clock, resources: { dataFolder: folder } },
  database: { appUrl: urls.app, systemUrl: urls.system, prisma: PrismaClient as never, poolSize: 4, systemPoolSize: 4 },
})
const owner = new pg.Client(urls.owner)
await owner.connect()
afterAll(async () => {
  await owner.end()
  await rm(folder, { recursive: true, force: true })
})

/** A whole PNG: one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const remove = `mutation ($id: ID!, $name: String!) { deleteWorkspace(id: $id, name: $name) {
  ... on DeleteWorkspaceSuccess { data { id name share } } ... on Error { code message } } }`
const deletions = '{ workspaceDeletions { name share } }'
const idOf = (uuid: string) => Buffer.from(`Workspace:${uuid}`).toString('base64')

type Row = Record<string, string>

/** Rows of every table of workspaces, by the table's name. */
async function rowsOf(workspaceId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of await tenantTables()) {
    const { rows } = await owner.query(`select count(*)::int as n from ${name} where "workspaceId" = $1`, [workspaceId])
    counts[name as string] = rows[0].n
  }
  const jobs = await owner.query('select count(*)::int as n from pgboss.job where group_id = $1', [workspaceId])
  return { ...counts, jobs: jobs.rows[0].n }
}

async function tenantTables(): Promise<Row[]> {
  const { rows } = await owner.query<Row>(`
    select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where a.attname = 'workspaceId' and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
  return rows
}

/** A row of any content in every table of workspaces: what no page of the demo has made. */
async function fillEveryTable(workspaceId: string): Promise<void> {
  await owner.query(`set session_replication_role = replica`)
  for (const { name } of await tenantTables()) {
    const { rows: columns } = await owner.query<Row>(
      `select quote_ident(attname) as column, format_type(atttypid, atttypmod) as type, t.typtype as kind
       from pg_attribute a join pg_type t on t.oid = atttypid left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and attgenerated = '' and d.oid is null
         and attname <> 'workspaceId'`,
      [name],
    )
    const values = columns.map(({ type = '', kind }) => anyValue(type, kind === 'e'))
    await owner.query(
      `insert into ${name} ("workspaceId"${columns.map(({ column }) => `, ${column}`).join('')}) values ('${workspaceId}'${values.map((value) => `, ${value}`).join('')})`,
    )
  }
  await owner.query(`set session_replication_role = origin`)
}

function anyValue(type: string, isEnum: boolean): string {
  if (isEnum) return `(enum_range(null::${type}))[1]`
  if (type.endsWith('[]')) return `'{}'`
  if (type === 'uuid') return 'gen_random_uuid()'
  if (type.startsWith('json')) return `'{}'`
  if (/^(timestamp|date)/.test(type)) return 'now()'
  if (/^(int|bigint|smallint|double|numeric|real)/.test(type)) return '1'
  if (type === 'boolean') return 'true'
  return type === 'bytea' ? `'\\x00'` : `'any'`
}

async function ask(query: string, variables: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://espalier.test', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, compared with what is expected of each
  const { data, errors } = (await response.json()) as { data?: any; errors?: object[] }
  expect(errors).toBeUndefined()
  return { data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

test('an owner deletes the demo: no table keeps a row of it, no file stays, and the workspace beside it keeps everything', async () => {
  const { data, cookie } = await ask(
    `mutation ($input: SetUpInput!) { setUp(input: $input) { ... on Error { message } ... on SetUpSuccess { data {
       workspace { id } demo { workspace { id } page { url } } } } } }`,
    {
      input: {
        ...{ token: kernel.firstRun.token, name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' },
        ...{ workspaceName: 'Orchard', locale: 'en', demo: true },
      },
    },
  )
  const { workspace, demo } = data.setUp.data
  const [own, gone] = [workspace.id, demo.workspace.id].map(
    (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? id,
  ) as [string, string]
  await ask('mutation ($id: ID!) { switchWorkspace(id: $id) { __typename } }', { id: demo.workspace.id }, { cookie })
  const uploaded = await fetch(`${url}/images?name=tree.png`, {
    method: 'POST',
    headers: { cookie, origin: 'http://espalier.test' },
    body: Buffer.from(pixel, 'base64'),
  })
  expect(uploaded.status).toBe(201)
  const filesBefore = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile())
  expect(filesBefore.length).toBeGreaterThan(0)
  for (const id of [own, gone]) await fillEveryTable(id)
  const [neighbour, before] = [await rowsOf(own), await rowsOf(gone)]
  // Otherwise nothing below would show anything.
  expect(Object.entries(before).filter(([name, count]) => count === 0 && name !== 'jobs')).toEqual([])

  const refused = await ask(remove, { id: demo.workspace.id, name: 'demo ' }, { cookie })
  expect(refused.data.deleteWorkspace).toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('"Demo"'),
  })
  const { data: done } = await ask(remove, { id: demo.workspace.id, name: 'Demo' }, { cookie })
  expect(done.deleteWorkspace).toEqual({ data: { id: gone, name: 'Demo', share: 0 } })

  // At once: nobody is in it, its address is gone, and the session is in the other one.
  const viewer = '{ viewer { workspaces { slug current } } }'
  expect((await ask(viewer, {}, { cookie })).data.viewer.workspaces).toEqual([{ slug: 'orchard', current: true }])
  await expect.poll(async () => (await fetch(url + new URL(demo.page.url).pathname)).status).toBe(404)
  // Then its rows.
  await expect
    .poll(async () => (await ask(deletions, {}, { cookie })).data.workspaceDeletions, {
      timeout: 60_000,
      interval: 200,
    })
    .toEqual([])
  const { jobs, ...rest } = await rowsOf(gone)
  expect(Object.entries(rest).filter(([, count]) => count > 0)).toEqual([])
  expect(jobs).toBe(0)
  // What is kept there from start to start is nobody's.
  const filesAfter = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile() && file.parentPath !== join(folder, 'cache'),
  )
  expect(filesAfter).toEqual([])
  const { rows } = await owner.query('select "name", "slug" from "Workspace" where "id" = $1', [gone])
  expect(rows).toEqual([{ name: '', slug: `deleted-${gone}` }])
  const kept = await rowsOf(own)
  for (const [name, count] of Object.entries(neighbour)) expect.soft(kept[name], name).toBeGreaterThanOrEqual(count)
}, 180_000)

test('what comes late is deleted too, and then the workspace itself', async () => {
  const { workspaceId, headers } = await signIn()
  const cookie = headers.cookie as string
  const create = `mutation ($i: CreateWorkspaceInput!) { createWorkspace(input: $i) { ... on CreateWorkspaceSuccess { data { id } } } }`
  const inside = { cookie, 'x-espalier-workspace': workspaceId }
  const [, next] = [
    await ask(create, { i: { name: 'Other', slug: 'other' } }, inside),
    await ask(create, { i: { name: 'Next', slug: 'next' } }, inside),
  ]
  const { data } = await ask(remove, { id: idOf(workspaceId), name: 'Test' }, { cookie })
  expect(data.deleteWorkspace.data.name).toBe('Test')
  await expect.poll(async () => (await ask(deletions, {}, { cookie })).data.workspaceDeletions).toEqual([])
  await fillEveryTable(workspaceId)
  ahead = 16 * 60_000
  // Whatever workspace is deleted next: the job looks at all of them.
  await ask(remove, { id: next.data.createWorkspace.data.id, name: 'Next' }, { cookie })
  await expect
    .poll(async () => (await owner.query('select from "Workspace" where "id" = $1', [workspaceId])).rowCount, {
      timeout: 60_000,
    })
    .toBe(0)
  expect(Object.values(await rowsOf(workspaceId)).filter((count) => count > 0)).toEqual([])
})

test('only its owner deletes a workspace, and nobody their only one', async () => {
  const { workspaceId, headers } = await signIn()
  const only = await ask(remove, { id: idOf(workspaceId), name: 'Test' }, { cookie: headers.cookie as string })
  expect(only.data.deleteWorkspace).toMatchObject({ code: 'CONFLICT' })
  const admin = await signIn({ role: 'admin', workspace: workspaceId })
  const refused = await ask(remove, { id: idOf(workspaceId), name: 'Test' }, { cookie: admin.headers.cookie as string })
  expect(refused.data.deleteWorkspace).toMatchObject({ code: 'FORBIDDEN' })
  const stranger = await signIn()
  const unknown = await ask(
    remove,
    { id: idOf(workspaceId), name: 'Test' },
    { cookie: stranger.headers.cookie as string },
  )
  expect(unknown.data.deleteWorkspace).toMatchObject({ code: 'NOT_FOUND' })
})

test('no role of the server deletes from the log or the trail of a workspace that nobody has deleted', async () => {
  const { workspaceId } = await signIn()
  const attempt = kernel.database.system.query({ text: 'select delete_kept_rows($1, 10)', values: [workspaceId] })
  await expect(attempt).rejects.toThrow('is not marked as deleted')
})
