import { seededRandom } from '@espalier/core'
import { hasRedis, TestRedis } from '@espalier/core/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boot } from '../../src/boot.ts'
import { readSettings } from '../../src/settings.ts'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { type OwnPostgres, startOwnPostgres } from './ownDatabase.ts'
import { type CliRun, newDataFolder, type Product, removeDataFolder, runCli, startProduct } from './product.ts'
import { readEvents } from './serverSentEvents.ts'

/** Longer than the promised 5 s, so that a broken promise is told from a hang. */
const patience = 60_000

describe.skipIf(!hasRedis())('two servers on one PostgreSQL and one Redis, and a worker apart', () => {
  let postgres: OwnPostgres
  let redis: TestRedis
  let shared: Record<string, string>
  let a: Product
  let b: Product
  let onA: ApiClient
  let onB: ApiClient
  let experimentId: string
  const random = seededRandom(1)
  const folders: string[] = []
  const workers: CliRun[] = []

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startOwnPostgres(), TestRedis.start()])
    shared = {
      DATABASE_URL: await postgres.database('orchard'),
      REDIS_URL: redis.url,
      ESPALIER_SECRET: 'one secret for all processes of the installation',
      ESPALIER_WORKER: 'off',
    }
    for (let index = 0; index < 3; index++)
      folders.push(await newDataFolder())
      // At the same time: the database is migrated once, the demo made once.
    ;[a, b] = (await Promise.all(
      folders.slice(0, 2).map((dataFolder) => startProduct({ dataFolder, env: shared })),
    )) as [Product, Product]
    const { email, password } = a.password ? a : b
    onA = await signIn({ url: a.url, email, password })
    onB = await signIn({ url: b.url, email, password })
    experimentId = (await onA.ask<{ experiment: { id: string } }>('{ experiment(key: "headline") { id } }')).experiment
      .id
  })

  afterAll(async () => {
    for (const worker of workers) worker.interrupt()
    await Promise.all([a?.stop(), b?.stop(), ...workers.map(({ ended }) => ended)])
    await Promise.all([postgres?.stop(), redis?.stop()])
    await Promise.all(folders.map(removeDataFolder))
  })

  const liveExposures = `subscription ($id: ID!) { experimentUpdated(id: $id) { results { exposures } } }`
  const visit = () => simulateVisitor(new URL('/p/demo/welcome', a.url), random)
  const exposures = async (client: ApiClient) =>
    (
      await client.ask<{ experiment: { results: { exposures: number } } }>(
        '{ experiment(key: "headline") { results { exposures } } }',
      )
    ).experiment.results.exposures

  test('who signs in on one is known to the other, which made no second demo', async () => {
    const who = '{ viewer { user { email } workspaces { slug } } }'
    const elsewhere = await fetch(`${b.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: b.url, cookie: onA.cookie },
      body: JSON.stringify({ query: who }),
    })
    expect(await elsewhere.json()).toMatchObject({
      data: { viewer: { user: { email: 'demo@example.com' }, workspaces: [{ slug: 'demo' }] } },
    })
    expect([a.password, b.password].filter(Boolean)).toHaveLength(1)
  })

  test('a visitor of one moves the subscriptions of the other, over WebSocket and over SSE', async () => {
    const before = await exposures(onB)
    const socket = onB.watch<{ experimentUpdated: { results: { exposures: number } } }>(liveExposures, {
      id: experimentId,
    })
    const stream = readEvents(b.url, { cookie: onB.cookie }, liveExposures, { id: experimentId })
    await socket.until(({ experimentUpdated }) => experimentUpdated.results.exposures === before)
    await stream.until(({ data }) => data?.experimentUpdated.results.exposures === before)

    await visit()
    const acknowledged = performance.now()
    await Promise.all([
      socket.until(({ experimentUpdated }) => experimentUpdated.results.exposures === before + 1),
      stream.until(({ data }) => data?.experimentUpdated.results.exposures === before + 1),
    ])
    console.log(`The other process showed it after ${Math.round(performance.now() - acknowledged)} ms.`)
    expect(await exposures(onB)).toBe(before + 1)
    await socket.close()
    stream.close()
  })

  test('an API key that is revoked on one stops receiving on the other within 5 s', async () => {
    const { createApiKey } = await onA.ask<{ createApiKey: { data: { key: string; apiKey: { id: string } } } }>(
      `mutation { createApiKey(input: { name: "dashboard", scopes: ["experiments:read"] }) {
        ... on CreateApiKeySuccess { data { key apiKey { id } } } } }`,
    )
    const { key, apiKey } = createApiKey.data
    const stream = readEvents(b.url, { authorization: `Bearer ${key}` }, liveExposures, { id: experimentId })
    await stream.until(({ data }) => data !== undefined)
    await onA.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }', { id: apiKey.id })
    const revoked = performance.now()
    const { errors } = await stream.until(({ errors }) => errors !== undefined, patience)
    const seconds = (performance.now() - revoked) / 1000
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    await stream.ended
    console.log(`The revoked key stopped receiving after ${seconds.toFixed(1)} s.`)
    expect(seconds).toBeLessThan(5)
  })

  test('a session that ends on one stops receiving on the other within 5 s', async () => {
    const { email, password } = a.password ? a : b
    const guest = await signIn({ url: b.url, email, password })
    const socket = guest.watch(liveExposures, { id: experimentId })
    await socket.until(() => true)
    await fetch(`${a.url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: a.url, cookie: guest.cookie },
      body: '{}',
    })
    const ended = performance.now()
    await expect(socket.until(() => false)).rejects.not.toThrow(/Nothing that fits/)
    const seconds = (performance.now() - ended) / 1000
    console.log(`The ended session stopped receiving after ${seconds.toFixed(1)} s.`)
    expect(seconds).toBeLessThan(5)
    await socket.close()
  })

  test('a job waits for a worker while the servers run none', async () => {
    const settings = readSettings({ ...shared, ESPALIER_DATA: folders[2] as string, LOG_LEVEL: 'silent' }, '/')
    const { kernel, stop } = await boot(settings, a.url, () => {})
    const database = new pg.Client({ connectionString: postgres.superuserUrl.replace(/[^/]+$/, 'orchard') })
    await database.connect()
    try {
      const registered = kernel.jobs.jobs.find(({ job }) => job.name === 'tracking.prepare-log')
      if (!registered) throw new Error('There is no job "tracking.prepare-log".')
      await kernel.jobs.open()
      const id = await kernel.jobs.enqueue(null, kernel.database.system, registered.job, {})
      const state = async () =>
        (await database.query('select state, output from pgboss.job where id = $1', [id])).rows[0]
      expect(await state()).toMatchObject({ state: 'created' })

      const worker = runCli(['worker'], { ...shared, ESPALIER_DATA: folders[2] as string, PUBLIC_URL: a.url })
      workers.push(worker)
      await worker.says(/The worker is ready/)
      await expect.poll(async () => (await state()).state, { timeout: patience }).toBe('completed')
      worker.interrupt()
      expect(await worker.ended, worker.output()).toBe(0)
    } finally {
      await database.end()
      await stop()
    }
  })

  test('while Redis is away pages are served and counted; when it is back, the other hears again', async () => {
    const before = await exposures(onA)
    const socket = onB.watch<{ experimentUpdated: { results: { exposures: number } } }>(liveExposures, {
      id: experimentId,
    })
    await socket.until(({ experimentUpdated }) => experimentUpdated.results.exposures === before)
    await redis.kill()
    await visit()
    expect(await exposures(onA)).toBe(before + 1)
    await redis.restart()
    await socket.until(({ experimentUpdated }) => experimentUpdated.results.exposures === before + 1)
    await socket.close()
  })
})
