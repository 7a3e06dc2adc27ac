import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, inWords, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { broken, connections, connectionsOfAProcess } from './rig/phases.ts'
import { SmallDisk } from './rig/smallDisk.ts'

const brokenMs = full ? 10_000 : 3_000
const lockedMs = full ? 30_000 : 4_000

/** Few enough to be used up quickly, enough for two servers and two workers. */
const maxConnections = 90

describe.each(full ? topologies : topologies.slice(-1))('PostgreSQL broken under load, topology %s', (topology) => {
  const name = inWords[topology]
  let disk: SmallDisk | undefined
  let installation: Installation
  let load: Load

  beforeAll(async () => {
    disk = await SmallDisk.mount(400)
    installation = await Installation.start({
      topology,
      env: loadEnv,
      postgres: { maxConnections, ...(disk && { folder: disk.folder }) },
    })
    load = await Load.open(installation, { seed: 3 })
    // What a server has never served it cannot serve without its database.
    for (const { url } of installation.servers) await load.served(url)
  })
  afterAll(async () => {
    await load?.close()
    await installation?.stop()
    await disk?.unmount()
  })

  /** What holds after each of them. */
  async function isWhole() {
    await installation.allReady()
    await expect.poll(() => openJobs(installation)).toBe(0)
    await expect.poll(async () => (await audit(installation, load)).goalsUntold).toBe(0)
    const found = await audit(installation, load)
    expect(found).toMatchObject({ lost: 0, miscounted: [], changesWrong: 0, goalsUntold: 0, goalsToldTwice: 0 })
    expect(found.acknowledged).toBe(load.sent.length)
    const { open, stuck } = await connections(installation)
    expect(stuck).toBe(0)
    expect(open).toBeLessThanOrEqual(installation.members.length * connectionsOfAProcess)
    return found
  }

  test.each([
    {
      fault: 'PostgreSQL is stopped (fast) and started',
      breaks: () => installation.postgres.stop(),
      mends: () => installation.postgres.restart(),
    },
    {
      fault: 'PostgreSQL crashes (immediate) and is started',
      breaks: () => installation.postgres.crash(),
      mends: () => installation.postgres.restart(),
    },
  ])('$fault: the page is served, everything else says when to come back', async ({ fault, breaks, mends }) => {
    const { during, backAfterMs, effectAfterMs } = await broken(load, brokenMs, {
      breaks,
      mends,
      seen: (tally) => tally.count('answered', 'page') > 0 && tally.count('refused', 'collect') > 0,
    })
    console.log(fault, during.sentence, during.failures)
    expect(during.failures).toEqual([])
    expect(during.count('refused', 'page')).toBe(0)
    expect(during.count('answered', 'page')).toBeGreaterThan(0)
    expect(during.count('refused', 'collect')).toBeGreaterThan(0)
    const found = await isWhole()
    await report({
      fault: `${fault}, ${name}`,
      seen: 'Published pages are served; events, GraphQL and sign-in answer 503 with Retry-After, or UNAVAILABLE; trackers send again',
      measured: `away ${brokenMs / 1_000} s: ${during.sentence}; everything answered ${backAfterMs} ms, a job done ${effectAfterMs} ms after the return; ${found.acknowledged} events acknowledged, ${found.lost} lost, ${found.miscounted.length} counts off`,
      promise: 'Nothing acknowledged is lost; works again by itself within 3 s of the return',
    })
    if (full) expect(backAfterMs).toBeLessThan(3_000)
  })

  test('every connection is taken by others', async () => {
    const taken: pg.Client[] = []
    const { during, backAfterMs, effectAfterMs } = await broken(load, brokenMs, {
      breaks: async () => {
        // The product opens anew what it loses: each time, others are faster with some of them.
        for (let round = 0; round < 3; round++) {
          await takeAllConnections(installation, taken)
          await installation.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'orchard' and application_name like 'espalier%'`,
          )
        }
        await takeAllConnections(installation, taken)
      },
      mends: () => Promise.all(taken.map((client) => client.end())),
      seen: (tally) => tally.count('refused') > 0 && tally.count('answered', 'page') > 0,
    })
    console.log(during.sentence, during.failures)
    expect(during.failures).toEqual([])
    expect(during.count('refused', 'page')).toBe(0)
    expect(during.count('answered', 'page')).toBeGreaterThan(0)
    const found = await isWhole()
    await report({
      fault: `Every connection of PostgreSQL is taken by others, ${name}`,
      seen: 'As while it is stopped, for what needs a new connection',
      measured: `${brokenMs / 1_000} s, ${taken.length} taken: ${during.sentence}; everything answered ${backAfterMs} ms, a job done ${effectAfterMs} ms after they were free; ${found.acknowledged} events acknowledged, ${found.lost} lost`,
      promise: 'Nothing acknowledged is lost; works again by itself within 3 s; no connection leaks',
    })
    if (full) expect(backAfterMs).toBeLessThan(3_000)
  })

  test.each([
    { table: 'TrackingEvent', fault: 'The log of events is locked' },
    { table: 'TrackingHour', fault: 'The counts are locked, and somebody looks at them' },
  ])('$fault: events wait or are told to come back, pages and the rest go on', async ({ table, fault }) => {
    const holder = new pg.Client({
      connectionString: installation.postgres.superuserUrl('orchard'),
      application_name: 'fault',
    })
    await holder.connect()
    const looking: Promise<void>[] = []
    const goOn = ['page', 'read', 'write']
    const { during, backAfterMs, effectAfterMs } = await broken(load, lockedMs, {
      breaks: async () => {
        await holder.query(`begin; lock table "${table}" in access exclusive mode`)
        looking.push(load.dashboard())
      },
      mends: () => holder.end(),
      seen: (tally) => goOn.every((kind) => tally.count('answered', kind) > 0),
    })
    await Promise.all(looking)
    console.log(fault, during.sentence, during.failures)
    expect(during.failures).toEqual([])
    for (const kind of goOn) {
      expect(during.count('answered', kind), kind).toBeGreaterThan(0)
      expect(during.count('refused', kind), kind).toBe(0)
    }
    const found = await isWhole()
    await report({
      fault: `${fault} for ${lockedMs / 1_000} s, ${name}`,
      seen: 'Events wait up to 10 s, then 503 with Retry-After; what reads that table waits; pages and changes go on',
      measured: `${during.sentence}; everything answered ${backAfterMs} ms, a job done ${effectAfterMs} ms after the lock; ${found.acknowledged} events acknowledged, ${found.lost} lost`,
      promise: 'A lock on one table holds up what needs that table, and nothing else',
    })
    if (full) expect(backAfterMs).toBeLessThan(3_000)
  })

  test('a query is slow: who asks it is told, nothing else waits', async () => {
    const slow = (work: string) =>
      `create or replace function fault_slow() returns boolean volatile language plpgsql as $$ begin ${work} return true; end $$`
    const looking: Promise<void>[] = []
    const goOn = ['collect', 'page', 'read', 'write']
    const { during, backAfterMs, effectAfterMs } = await broken(load, brokenMs, {
      breaks: async () => {
        await installation.query(slow('perform pg_sleep(3);'))
        await installation.query('drop policy if exists fault_slow on "AuditEntry"')
        await installation.query(
          'create policy fault_slow on "AuditEntry" as restrictive for select to public using (fault_slow())',
        )
        for (let person = 0; person < 4; person++) looking.push(load.trail())
      },
      mends: () => installation.query(slow('')),
      seen: (tally) => tally.count('refused', 'trail') > 0 && goOn.every((kind) => tally.count('answered', kind) > 0),
    })
    await Promise.all(looking)
    console.log(during.sentence, during.failures)
    expect(during.failures).toEqual([])
    expect(during.count('refused', 'trail')).toBeGreaterThan(0)
    for (const kind of goOn) {
      expect(during.count('answered', kind), kind).toBeGreaterThan(0)
      expect(during.count('refused', kind), kind).toBe(0)
    }
    const found = await isWhole()
    await installation.query('drop policy fault_slow on "AuditEntry"')
    await installation.query('drop function fault_slow')
    await report({
      fault: `A slow query (3 s a row), asked by four people at once, ${name}`,
      seen: 'TOO_SLOW after 10 s, with what to ask instead; everybody else notices nothing',
      measured: `${brokenMs / 1_000} s: ${during.sentence}; everything answered ${backAfterMs} ms, a job done ${effectAfterMs} ms after it was quick again; ${found.acknowledged} events acknowledged, ${found.lost} lost`,
      promise:
        'A slow query ends after 10 s and holds up nothing else, as long as fewer are asked at once than a server has connections',
    })
    if (full) expect(backAfterMs).toBeLessThan(3_000)
  })

  test('the disk of PostgreSQL is full', async (context) => {
    if (!disk) return context.skip('No file system of 400 MB can be mounted here: that takes root and mount(8).')
    const { during, backAfterMs, effectAfterMs } = await broken(load, brokenMs, {
      breaks: () => (disk as SmallDisk).fill(),
      mends: async () => {
        await (disk as SmallDisk).free()
        // Without room for its log it ends itself; whoever runs it starts it again.
        await installation.postgres.ensureRunning()
      },
      seen: (tally) => tally.count('refused', 'collect') > 0 && tally.count('answered', 'page') > 0,
    })
    console.log(during.sentence, during.failures)
    expect(during.failures).toEqual([])
    expect(during.count('refused', 'page')).toBe(0)
    const found = await isWhole()
    await report({
      fault: `The disk of PostgreSQL is full, ${name}`,
      seen: 'What is written answers 503 with Retry-After, or UNAVAILABLE; published pages are served',
      measured: `${brokenMs / 1_000} s: ${during.sentence}; everything answered ${backAfterMs} ms, a job done ${effectAfterMs} ms after there was room; ${found.acknowledged} events acknowledged, ${found.lost} lost`,
      promise: 'Nothing acknowledged is lost; works again by itself within 3 s of there being room',
    })
    if (full) expect(backAfterMs).toBeLessThan(3_000)
  })
})

/** As somebody else's program would that opens connections and never closes them. */
async function takeAllConnections({ env }: Installation, taken: pg.Client[]): Promise<void> {
  const open = async () => {
    const client = new pg.Client({ connectionString: env.DATABASE_URL, application_name: 'fault' })
    client.on('error', () => {})
    await client.connect()
    taken.push(client)
  }
  while (
    taken.length < maxConnections &&
    (await open()
      .then(() => true)
      .catch(() => false))
  );
}
