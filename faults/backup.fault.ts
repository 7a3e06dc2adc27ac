import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from '@espalier/core/server'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../packages/server/test/e2e/apiClient.ts'
import { runCli, startProduct } from '../packages/server/test/e2e/product.ts'
import { audit, openJobs } from './rig/audit.ts'
import { differences } from './rig/differences.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { FaultPostgres } from './rig/postgres.ts'

/** Rows that a backup has in hand when it is killed. */
const bulk = full ? 1_000_000 : 100_000

describe('a backup, and an installation that is made of it elsewhere', () => {
  let source: Installation
  let load: Load
  let elsewhere: FaultPostgres
  let folder: string
  const seconds = { backup: 0, restore: 0 }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'espalier-backups-'))
    ;[source, elsewhere] = await Promise.all([
      Installation.start({ topology: 'one', env: loadEnv }),
      FaultPostgres.start(),
    ])
    load = await Load.open(source, { seed: 8 })
    const images = join(source.env.ESPALIER_DATA as string, 'images/pear')
    await mkdir(images, { recursive: true })
    await writeFile(join(images, 'original.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 255]))
  })
  afterAll(async () => {
    await load?.close()
    await Promise.all([source?.stop(), elsewhere?.dispose()])
    await rm(folder, { recursive: true, force: true })
  })

  const file = (name: string) => join(folder, `${name}.tar.gz`)
  /** A machine that has nothing yet but the secret. */
  const machine = (name: string, more: Record<string, string> = {}) => ({
    ESPALIER_SECRET: source.env.ESPALIER_SECRET as string,
    ESPALIER_DATA: join(folder, name),
    NODE_COMPILE_CACHE: source.env.NODE_COMPILE_CACHE as string,
    ...more,
  })

  test('is taken under load: nobody is refused, and it is of one instant', async () => {
    load.begin()
    await expect.poll(() => load.tally.count('answered', 'collect')).toBeGreaterThan(20)
    const before = load.sent.filter(({ acknowledged }) => acknowledged)
    const began = performance.now()
    expect(await espalier(['backup', file('busy')], source.env)).toMatchObject({ code: 0 })
    const took = performance.now() - began
    const during = load.sent.filter(({ acknowledged }) => acknowledged).length - before.length
    await load.end()
    expect(load.tally.failures).toEqual([])
    expect(load.tally.count('refused')).toBe(0)
    expect(during, 'the load went on').toBeGreaterThan(0)

    const here = machine('busy')
    expect(await espalier(['restore', file('busy')], here)).toMatchObject({ code: 0 })
    await withEmbedded(here.ESPALIER_DATA, async (url) => {
      const query = <Row>(text: string, values: unknown[] = []) => rowsOf<Row>(url, text, values)
      const kept = new Set((await query<{ id: string }>('select "id" from "TrackingEvent"')).map(({ id }) => id))
      expect(
        before.filter(({ id }) => !kept.has(id)),
        'what was acknowledged before it',
      ).toEqual([])
      expect((await audit({ query }, load)).miscounted, 'log and counts are of the same instant').toEqual([])
    })
    await report({
      fault: 'Backup under load',
      seen: 'nothing',
      measured: `${(took / 1000).toFixed(1)} s with the start of the command; meanwhile ${during} events acknowledged, 0 requests refused or broken; all ${before.length} acknowledged before it are in it, log and counts agree`,
      promise: 'Of one instant, and nobody waits',
    })
  })

  test('makes a new machine of it that is the same row by row, with a database of its own', async () => {
    await expect.poll(() => openJobs(source)).toBe(0)
    // From here on nothing changes, so that all of it can be compared.
    expect(await source.servers[0]?.terminate()).toBe(0)
    expect(await espalier(['backup', file('whole'), '--with-secret'], source.env)).toMatchObject({ code: 0 })
    const { ESPALIER_SECRET: _, ...here } = machine('whole', { DATABASE_URL: await elsewhere.database('plum') })
    const restored = await espalier(['restore', file('whole')], here)
    expect(restored, restored.output).toMatchObject({ code: 0 })
    expect(await differences(source.postgres.superuserUrl('orchard'), elsewhere.superuserUrl('plum'))).toEqual([])
    expect(await espalier(['restore', file('whole')], here)).toMatchObject({
      code: 1,
      output: expect.stringContaining('[RESTORE_NOT_EMPTY]'),
    })
    const [rows] = await source.query<{ tables: number }>(
      `select count(*)::int as tables from pg_tables where schemaname = 'public'`,
    )
    expect(await readable(join(here.ESPALIER_DATA, 'images/pear/original.png'))).toBe(8)

    // It runs, people are signed in as they were, and it counts on.
    const product = await startProduct({ dataFolder: here.ESPALIER_DATA, env: { ...here, ESPALIER_DEMO: 'off' } })
    try {
      const { email, password } = source.owner
      const client = await signIn({ url: product.url, email, password })
      const { viewer } = await client.ask<{ viewer: { workspaces: { slug: string }[] } }>(
        '{ viewer { workspaces { slug } } }',
      )
      expect(viewer.workspaces).toEqual([{ slug: 'demo' }])
      const session = await fetch(`${product.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: product.url, cookie: load.client.cookie },
        body: JSON.stringify({ query: '{ viewer { user { email } } }' }),
      })
      expect(await session.json()).toMatchObject({ data: { viewer: { user: { email } } } })
      expect((await fetch(`${product.url}/p/demo/welcome`)).status).toBe(200)
    } finally {
      await product.stop()
    }
    await report({
      fault: 'A new machine from a backup',
      seen: 'everybody is signed in as before',
      measured: `another PostgreSQL, another owner: 0 of ${rows?.tables} tables differ in a row, nor policies, grants, keys, indexes, triggers`,
      promise: 'Row by row the same',
    })
  })

  test('killed in the middle, leaves no half file and no half installation', async () => {
    await source.query(
      `insert into "TrackingEvent" ("workspaceId", "id", "siteId", "visitorId", "name", "at", "url", "properties")
        select w."id", uuidv7(), gen_random_uuid(), gen_random_uuid(), 'pageview', now(), 'https://orchard.example/' || n, '{"of": "the bulk"}'
        from generate_series(1, $1::int) n, (select "id" from "Workspace" limit 1) w`,
      [bulk],
    )
    const cut = runCli(['backup', file('cut')], { ...source.env })
    await cut.says(/schedule: /)
    process.kill(-(cut.process.pid as number), 'SIGKILL')
    await cut.ended
    expect(existsSync(file('cut'))).toBe(false)
    // Again, under the name that it was to have.
    let began = performance.now()
    expect(await espalier(['backup', file('cut')], source.env)).toMatchObject({ code: 0 })
    seconds.backup = (performance.now() - began) / 1000

    // The roles of a server belong to one owner.
    await elsewhere.asSuperuser('postgres', 'create database cut owner plum_owner')
    const here = machine('cut', { DATABASE_URL: plumsUrl('cut') })
    const broken = runCli(['restore', file('cut')], here)
    await broken.says(/schedule: /)
    process.kill(-(broken.process.pid as number), 'SIGKILL')
    await broken.ended
    await expect
      .poll(() =>
        elsewhere.asSuperuser('cut', `select from pg_stat_activity where application_name = 'espalier restore'`),
      )
      .toEqual([])
    const left = await elsewhere.asSuperuser<{ people: number; jobs: number }>(
      'cut',
      `select (select count(*)::int from "User") as people, (select count(*)::int from "TrackingEvent") as events, (select count(*)::int from pgboss.job) as jobs`,
    )
    expect(left).toEqual([{ people: 0, events: 0, jobs: 0 }])
    began = performance.now()
    const again = await espalier(['restore', file('cut')], here)
    seconds.restore = (performance.now() - began) / 1000
    expect(again, again.output).toMatchObject({ code: 0 })
    expect(await differences(source.postgres.superuserUrl('orchard'), elsewhere.superuserUrl('cut'))).toEqual([])
    const { size } = await stat(file('cut'))
    await report({
      fault: 'SIGKILL of a backup, and of a restore',
      seen: 'nothing; the command is given again',
      measured: `no file, and an empty database; the second attempt with ${bulk.toLocaleString('en')} events: ${seconds.backup.toFixed(1)} s out (${(size / 1e6).toFixed(0)} MB), ${seconds.restore.toFixed(1)} s in, 0 rows differ`,
      promise: 'Whole or not at all',
    })
  })

  // In the short form the second test has the one that matters most.
  test.runIf(full)('goes into nothing that is in use, and needs its secret', async () => {
    const used = machine('refused', { DATABASE_URL: plumsUrl('plum') })
    expect(await espalier(['restore', file('whole')], { ...used, ESPALIER_SECRET: 'x'.repeat(32) })).toMatchObject({
      code: 1,
      output: expect.stringContaining('[RESTORE_SECRET_DIFFERS]'),
    })
    await source.servers[0]?.start()
    expect(await espalier(['restore', file('whole'), '--replace'], source.env)).toMatchObject({
      code: 1,
      output: expect.stringContaining('[RESTORE_WHILE_RUNNING]'),
    })
    // Told to, it takes the place of all that was there: the bulk is in no backup of before.
    const replaced = await espalier(['restore', file('whole'), '--replace'], {
      ...used,
      DATABASE_URL: plumsUrl('cut'),
    })
    expect(replaced, replaced.output).toMatchObject({ code: 0 })
    const [{ events } = { events: -1 }] = await elsewhere.asSuperuser<{ events: number }>(
      'cut',
      `select count(*)::int as events from "TrackingEvent" where "properties" = '{"of": "the bulk"}'`,
    )
    expect(events).toBe(0)
  })

  function plumsUrl(database: string): string {
    return `postgresql://plum_owner:of%20its%20own@127.0.0.1:${elsewhere.port}/${database}`
  }
})

/** Runs a command to its end. */
async function espalier(args: string[], env: Readonly<Record<string, string>>) {
  const run = runCli(args, { ...env })
  return { code: await run.ended, output: run.output() }
}

/** Starts the embedded database of a folder, for a look at it. */
async function withEmbedded(dataFolder: string, work: (url: string) => Promise<void>): Promise<void> {
  const postgres = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') })
  try {
    expect(await runningEmbeddedPostgres(join(dataFolder, 'postgres'))).toBe(postgres.url)
    await work(postgres.url)
  } finally {
    await postgres.stop()
  }
}

async function rowsOf<Row>(url: string, text: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Bytes of a file. */
async function readable(path: string): Promise<number> {
  return (await stat(path)).size
}
