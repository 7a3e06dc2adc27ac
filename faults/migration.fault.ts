import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationRisks } from '../scripts/migrationRisks.ts'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, type Member, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { Releases } from './rig/releases.ts'

/** Adds to the tables that visitors write to, each moment, and to an index of theirs. */
const expand = {
  '20270101000000_expand': `
    ALTER TABLE "TrackingEvent" ADD COLUMN "ripeness" INTEGER;
    ALTER TABLE "TrackingSession" ADD COLUMN "ripeness" INTEGER, ADD COLUMN "color" TEXT NOT NULL DEFAULT 'green';`,
  '20270101000001_index': `CREATE INDEX CONCURRENTLY "TrackingSession_ripeness" ON "TrackingSession" ("workspaceId", "ripeness");`,
}
/** Holds what is filled by then. */
const settle = {
  '20270201000000_check': `ALTER TABLE "TrackingSession" ADD CONSTRAINT "ripe" CHECK ("ripeness" IS NOT NULL OR "color" = 'green') NOT VALID;`,
  '20270201000001_valid': `ALTER TABLE "TrackingSession" VALIDATE CONSTRAINT "ripe";`,
}
const contract = {
  '20270301000000_contract': `
    -- removed since 1.2.0
    ALTER TABLE "TrackingSession" DROP COLUMN "color";
    -- removed since 1.2.0
    ALTER TABLE "TrackingEvent" DROP COLUMN "ripeness";`,
}

/** How often a migration has waited for its table, and let everybody pass, before the report lets go of it. */
const passes = full ? 5 : 3

describe.skipIf(!topologies.includes('two'))('an upgrade while the version before serves', () => {
  let installation: Installation
  let releases: Releases
  let load: Load

  beforeAll(async () => {
    releases = await Releases.begin()
    installation = await Installation.start({
      topology: 'two',
      env: { ...loadEnv, ...releases.env, ESPALIER_DRAIN_SECONDS: '3' },
    })
    load = await Load.open(installation, { seed: 27 })
  })
  afterAll(async () => {
    await load?.close()
    await installation?.stop()
    await releases?.end()
  })

  const [a, b] = [() => installation.servers[0] as Member, () => installation.servers[1] as Member]
  /** More visitors are answered, by whatever serves by then. */
  const goesOn = async () => {
    const { sent } = load
    const before = sent.filter(({ acknowledged }) => acknowledged).length
    await expect.poll(() => sent.filter(({ acknowledged }) => acknowledged).length).toBeGreaterThan(before + 30)
  }
  const restart = async (member: Member) => {
    await member.terminate()
    await member.start()
  }

  /** An upgrade that disappoints: the version before starts on the migrated database. */
  const takeBack = async () => {
    await releases.release({})
    await restart(b())
    await goesOn()
    await releases.release(expand)
    await restart(b())
    await installation.allReady()
  }

  test('no request fails, no event is lost, and a long report holds nobody up', { timeout: 900_000 }, async () => {
    for (const migration of Object.values({ ...expand, ...settle, ...contract }))
      expect(migrationRisks(migration)).toEqual([])
    load.begin()
    await goesOn()

    // Somebody's report, which reads the log for a long time.
    const reader = new pg.Client(installation.postgres.superuserUrl('orchard'))
    await reader.connect()
    await reader.query('begin; select count(*) from "TrackingEvent"')

    await releases.release(expand)
    await b().terminate()
    const started = b().start()
    const held = await waits(installation, passes)
    const during = load.sent.filter(({ acknowledged }) => acknowledged).length
    await reader.query('commit')
    await reader.end()
    await started
    await installation.allReady()
    // The version before, with the columns that it knows nothing of, beside the new one.
    await goesOn()

    if (full) await takeBack()

    const filled = await fillInBatches(installation)
    await releases.release({ ...expand, ...settle })
    for (const member of full ? [a(), ...installation.workers] : [a()]) {
      await restart(member)
      await installation.allReady()
    }
    await goesOn()
    await releases.release({ ...expand, ...settle, ...contract })
    await restart(b())
    await installation.allReady()
    await goesOn()
    await load.end()

    await expect.poll(() => openJobs(installation)).toBe(0)
    const { lost, miscounted, acknowledged, changes, changesWrong, goals, goalsUntold } = await audit(
      installation,
      load,
    )
    expect({ lost, miscounted, changesWrong, goalsUntold }).toEqual({
      lost: 0,
      miscounted: [],
      changesWrong: 0,
      goalsUntold: 0,
    })
    expect(load.tally.failures).toEqual([])
    await report({
      fault: 'Upgrade with two versions side by side, two servers',
      seen: 'nothing',
      measured: `expand, fill ${filled} rows in batches, contract${full ? ', one upgrade taken back' : ''}; ${load.tally.sentence}; ${acknowledged} events, ${changes} changes, ${goals} goals: 0 lost; a report held the log for ${(held / 1000).toFixed(1)} s of it, ${passes} attempts, ${during} events acknowledged by then`,
      promise: 'No request fails, nothing is lost',
    })
    expect(
      await installation.query(
        `select column_name from information_schema.columns where column_name in ('ripeness', 'color') and table_schema = 'public' and table_name !~ '_'`,
      ),
    ).toEqual([{ column_name: 'ripeness' }])
  })
})

/** Resolves once the migration has waited for a lock so often. @returns milliseconds */
async function waits(installation: Installation, times: number): Promise<number> {
  const began = performance.now()
  const seen = new Set<string>()
  await expect
    .poll(async () => {
      const rows = await installation.query<{ xact: string }>(
        `select xact_start::text as xact from pg_stat_activity where application_name = 'espalier migrations' and wait_event_type = 'Lock'`,
      )
      for (const { xact } of rows) seen.add(xact)
      return seen.size
    })
    .toBeGreaterThanOrEqual(times)
  return performance.now() - began
}

/** As a job of the new version does, beside who writes. @returns how many rows */
async function fillInBatches(installation: Installation): Promise<number> {
  for (let filled = 0; ; ) {
    const rows = await installation.query(
      `update "TrackingSession" s set "ripeness" = "pageviews" from (
         select "workspaceId", "id" from "TrackingSession" where "ripeness" is null order by 1, 2 limit 200 for update skip locked) batch
       where s."workspaceId" = batch."workspaceId" and s."id" = batch."id" returning 1`,
    )
    filled += rows.length
    if (rows.length === 0) return filled
  }
}
