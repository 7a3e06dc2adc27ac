import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations, startEmbeddedPostgres } from '@espalier/core/server'
import { servedKernel } from '@espalier/core/testing'
import { migrationsFolder } from '@espalier/prisma'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { pushDocuments } from '../src/commands/documents.ts'
import { openInstallation } from '../src/installation.ts'
import { readSettings } from '../src/settings.ts'

const { kernel, url, createWorkspace } = await servedKernel([], { serving: { trustedOnly: true } })
const folder = await mkdtemp(join(tmpdir(), 'espalier-documents-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const cli = join(import.meta.dirname, '../src/cli.ts')

function espalier(...args: string[]) {
  return espalierWith({}, ...args)
}

function espalierWith(settings: object, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' as const, ...settings }
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` })
    })
  })
}

const write = async (name: string, content: unknown) => {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const name = 'query Name { workspace { name } }'
const slug = 'query Slug { workspace { slug } }'
const ofPages = 'query Pages { pages(first: 1) { nodes { id } } }'

test('a client’s manifest is checked, registered with an installation that runs nothing else, and run by hash', async () => {
  const workspace = await createWorkspace()
  const { key } = await kernel.access.createApiKey(workspace, {
    name: 'Deploy',
    scopes: ['trusted-documents:write', 'workspace:read'],
  })
  const run = async (body: object) => {
    const response = await fetch(`${url}/graphql/public`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    })
    return response.json()
  }
  const codegen = await write('codegen.json', { [hashOf(name)]: name })
  const apollo = await write('apollo.json', {
    ...{ format: 'apollo-persisted-query-manifest', version: 1 },
    operations: [{ id: hashOf(slug), name: 'Slug', type: 'query', body: slug }],
  })
  expect(await espalier('documents:check', codegen, apollo)).toEqual({
    code: 0,
    output: 'The schema takes every document.\n',
  })
  const bare = await write('bare.config.js', 'export default { plugins: ["@espalier/tracking"] }')
  const pages = await write('pages.json', { [hashOf(ofPages)]: ofPages })
  expect(await espalier('documents:check', pages)).toMatchObject({ code: 0 })
  expect(await espalierWith({ ESPALIER_CONFIG: bare }, 'documents:check', pages)).toMatchObject({
    code: 1,
    output: expect.stringContaining('Cannot query field "pages"'),
  })
  const to = ['--url', `${url}/`, '--key', key]
  expect(await espalier('documents:push', codegen, ...to)).toEqual({
    code: 0,
    output: '1 documents are registered, 1 of them new.\n',
  })
  await pushDocuments([codegen, apollo, ...to])
  expect(await run({ documentId: `sha256:${hashOf(slug)}` })).toMatchObject({
    data: { workspace: { slug: expect.any(String) } },
  })
  expect(await run({ query: '{ workspace { id } }' })).toMatchObject({
    errors: [{ extensions: { code: 'OPERATION_NOT_REGISTERED' } }],
  })

  const wrong = await write('wrong.json', { [hashOf('{ nothing }')]: '{ nothing }' })
  expect(await espalier('documents:check', wrong)).toEqual({
    code: 1,
    output: expect.stringContaining('Cannot query field "nothing" on type "Query".'),
  })
  await expect(pushDocuments([wrong, ...to])).rejects.toThrow(
    /registered nothing\.\ninput\.documents\.0\.text: .*nothing/,
  )
  const md5 = await write('md5.json', { d41d8cd98f00b204e9800998ecf8427e: name })
  await expect(pushDocuments([md5, ...to])).rejects.toThrow('is not the SHA-256 of the text')
  const plain = await write('plain.json', '[1, 2]')
  await expect(pushDocuments([plain, ...to])).rejects.toThrow('is no manifest')
  await expect(pushDocuments([join(folder, 'none.json'), ...to])).rejects.toThrow('cannot be read')
  await expect(pushDocuments([plain])).rejects.toThrow('--url is missing')
}, 240_000)

test('what is registered is checked before an upgrade, and the database stays of the version that it has', async () => {
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
  const owner = new pg.Client(postgres.url)
  await owner.connect()
  try {
    const env = {
      DATABASE_URL: postgres.url,
      ESPALIER_SECRET: 'a secret of at least 32 characters',
      ESPALIER_DATA: folder,
    }
    const tables = async () =>
      (await owner.query("select relname from pg_class where relkind = 'r' and relname !~ '^(pg|sql)_'")).rows.length
    const check = () => espalierWith(env, 'documents:check')
    expect(await check()).toMatchObject({ code: 1, output: expect.stringContaining('[DATABASE_NOT_SET_UP]') })
    expect(await tables()).toBe(0)
    expect((await owner.query("select from pg_roles where rolname like 'espalier_%'")).rowCount).toBe(0)

    await (await openInstallation(readSettings(env, '/'), [], () => {})).stop()
    const { length } = await readMigrations(migrationsFolder)
    // As an earlier version has left it: one that has run less.
    await owner.query('drop table "TrustedDocument"')
    await owner.query(
      'delete from "_prisma_migrations" where migration_name = (select max(migration_name) from "_prisma_migrations")',
    )
    const before = await tables()
    expect(await check()).toEqual({ code: 0, output: 'The schema takes every document.\n' })
    expect(await tables()).toBe(before)
    expect((await owner.query('select from "_prisma_migrations"')).rowCount).toBe(length - 1)
  } finally {
    await owner.end()
    await postgres.stop()
  }
}, 240_000)

test('where no installation was ever started, none is made to be checked', async () => {
  const nowhere = join(folder, 'nowhere')
  await expect(
    openInstallation(readSettings({ ESPALIER_DATA: nowhere }, '/'), [], () => {}, { migrating: false }),
  ).rejects.toMatchObject({ code: 'DATABASE_NOT_SET_UP' })
  await expect(access(nowhere)).rejects.toThrow('ENOENT')
})
