import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase, testKernel } from '@espalier/core/testing'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { cloneDatabase, dropDatabase, newDatabase } from '../packages/core/src/testing/cluster.ts'
import { startBucket } from '../packages/plugins/landing-pages/test/bucket.ts'
import { hasClickHouse, TestClickHouse } from '../packages/plugins/tracking/test/clickHouseServer.ts'
import { checkBackup } from '../packages/server/src/backup/checkBackup.ts'
import { restoreBackup } from '../packages/server/src/backup/restoreBackup.ts'
import { admitStores, storesElsewhere } from '../packages/server/src/backup/stores.ts'
import { takeBackup } from '../packages/server/src/backup/takeBackup.ts'
import { differences } from './rig/differences.ts'

const folder = await mkdtemp(join(tmpdir(), 'espalier-backup-'))
const bucket = await startBucket()
afterAll(async () => {
  bucket.close()
  await TestClickHouse.stopAll()
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(!hasClickHouse())('a backup with what lies outside of PostgreSQL', async () => {
  if (!hasClickHouse()) return
  const node = await TestClickHouse.start()
  const source = await testDatabase()
  const resources = { eventStore: node.url('source'), fileStore: bucket.address() }
  const { kernel } = await testKernel(source, [tracking], { resources })
  const stores = storesElsewhere([tracking, landingPages], resources)
  /** Of the first test, for those after it. */
  let file: string
  let attempts = 0
  const rowsOf = (database: string) =>
    node.ask(
      `SELECT hex("id"), hex("workspaceId"), "name", "at", "properties" FROM ${database}.tracking_event ORDER BY "id"`,
    )
  const take = (of: typeof stores, into: string, told: string[] = []) =>
    takeBackup(
      { ...urls(source.urls), secret: 'x'.repeat(32), stop: async () => {} },
      {
        file: into,
        dataFolder: join(folder, 'none'),
        stores: of,
        withSecret: false,
        signal: new AbortController().signal,
        onProgress: (message) => told.push(message),
      },
    )
  const options = (of: typeof stores) => ({
    dataFolder: join(folder, 'restored'),
    stores: of,
    replace: false,
    onProgress: () => {},
  })

  beforeAll(async () => {
    const service = kernel.service(tracking)
    await service.prepare(kernel.contexts.system('test'))
    for (const name of ['pageview', 'click', 'scroll']) {
      const context = kernel.contexts.workspace(await source.createWorkspace(), { type: 'system', name: 'test' })
      const site = await service.sites.ensure(context, 'Site')
      await service.record(context, [
        { siteId: site.id, visitorId: uuidv7(), name, properties: { of: `${name}\t\n\\` } },
      ])
    }
    for (const path of ['a/original', 'a/320.webp', 'b/original'])
      bucket.objects.set(`/pictures/images/${path}`, {
        body: Buffer.from(`${path}\n\0`),
        type: 'application/octet-stream',
      })
  })

  /** Stores of another machine, with nothing in them: each attempt of a test has its own. */
  async function emptyStores() {
    attempts += 1
    const database = `machine_${attempts}`
    const images = await startBucket()
    onTestFinished(() => images.close())
    const of = storesElsewhere([tracking, landingPages], {
      eventStore: node.url(database),
      fileStore: images.address(),
    })
    return { of, database, images }
  }

  test('makes a new machine of it that is the same, row by row and file by file', async () => {
    const there = await emptyStores()
    file = join(folder, `${there.database}.tar.gz`)
    const told: string[] = []
    const contents = await take(stores, file, told)
    expect(contents.stores).toMatchObject([
      { name: 'event-log', count: 3 },
      { name: 'images', count: 3 },
    ])
    expect(told.join('\n')).toMatch(/ClickHouse at 127[^\n]*: 3 events, [\s\S]*file store at [^\n]*: 3 files, /)
    const backup = await checkBackup(file)
    expect(backup.header.format).toBe(2)
    const admitted = await admitStores(backup.contents, there.of, { replace: false, skip: false })
    const target = await newMachine()
    await restoreBackup(target.owner, backup, options(admitted))
    expect(await differences(source.urls.owner, target.owner)).toEqual([])
    expect(await rowsOf(there.database)).toBe(await rowsOf('source'))
    expect(there.images.objects).toEqual(bucket.objects)
    // Now there is something that a second restore would take the place of.
    await expect(admitStores(backup.contents, there.of, { replace: false, skip: false })).rejects.toMatchObject({
      code: 'RESTORE_STORE_NOT_EMPTY',
      message: expect.stringContaining('ESPALIER_EVENT_STORE'),
    })
    expect(await admitStores(backup.contents, there.of, { replace: true, skip: false })).toEqual(there.of)
  })

  test('leaves everything as it was where a store fails on the way, also the last of them', async () => {
    const backup = await checkBackup(file)
    const target = await newMachine()
    const before = await differences(source.urls.owner, target.owner)
    const there = await emptyStores()
    there.images.busyFor(4)
    await expect(restoreBackup(target.owner, backup, options(there.of))).rejects.toMatchObject({
      code: 'BACKUP_STORE_UNUSABLE',
      message: expect.stringMatching(
        /file store at 127[^ ]+ cannot be used: .*503.*ESPALIER_FILE_STORE.*--skip-stores/,
      ),
    })
    expect(await differences(source.urls.owner, target.owner)).toEqual(before)
    expect(await rowsOf(there.database)).toBe('')
    expect(await node.ask(`SELECT count() FROM system.tables WHERE database = '${there.database}'`)).toBe('2')
    await restoreBackup(target.owner, backup, options(there.of))
    expect(await rowsOf(there.database)).toBe(await rowsOf('source'))
  })

  test('is not begun where a store does not answer, and leaves no file', async () => {
    const gone = storesElsewhere([tracking], { eventStore: 'http://127.0.0.1:9/espalier' })
    const into = join(folder, 'gone.tar.gz')
    await expect(take(gone, into)).rejects.toMatchObject({
      code: 'BACKUP_STORE_UNUSABLE',
      message: expect.stringContaining('the ClickHouse at 127.0.0.1:9 cannot be used'),
    })
    expect([into, `${into}.part`].filter(existsSync)).toEqual([])
  })

  test('goes nowhere without a place for what is in it, but where that is said', async () => {
    const { contents } = await checkBackup(file)
    await expect(admitStores(contents, [], { replace: false, skip: false })).rejects.toMatchObject({
      code: 'BACKUP_STORE_MISSING',
      message: expect.stringContaining('3 events of the store "event-log"'),
    })
    expect(await admitStores(contents, stores, { replace: false, skip: true })).toEqual([])
  })
})

function urls({ owner, app, system }: { owner: string; app: string; system: string }) {
  return { ownerUrl: owner, appUrl: app, systemUrl: system }
}

/** A database that was migrated, and that nobody is connected to. */
async function newMachine() {
  const cluster = inject('espalierCluster')
  const { name, urls } = newDatabase(cluster)
  await cloneDatabase(cluster, name, cluster.template)
  onTestFinished(() => dropDatabase(cluster, name))
  return urls
}
