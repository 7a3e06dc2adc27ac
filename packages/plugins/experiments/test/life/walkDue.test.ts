import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import experiments from '../../src/index.ts'
import { followSchedules } from '../../src/life/schedule.ts'
import { walkDue } from '../../src/life/walkDue.ts'

// Not started: no job of its own comes between.
const { kernel } = await testKernel(await testDatabase(), [tracking, experiments])
const system = kernel.contexts.system('test')

/** Drafts that are due, in a workspace of their own. */
async function due(count: number) {
  const ownerId = uuidv7()
  await system.system.query(sql`insert into "User" ("id", "name", "email", "emailVerified", "updatedAt")
    values (${ownerId}, 'Ada', ${`${ownerId}@example.com`}, true, now())`)
  const { id } = await kernel.access.createWorkspace({ name: 'Test', slug: `w-${ownerId}`, ownerId })
  const { db } = system.workspace(id)
  await db.query(sql`
    with made as (
      insert into "Experiment" ("id", "key", "name", "seed", "startsAt", "updatedAt")
      select uuidv7(), 'many-' || n, 'Many', 'many-' || n, now(), now() from generate_series(1, ${count}) n
      returning "id"
    )
    insert into "ExperimentVariant" ("id", "experimentId", "key", "name", "position")
    select uuidv7(), m."id", v.key, v.key, v.position from made m, (values ('control', 0), ('bold', 1)) v (key, position)`)
  return db
}

/** The system, and the most rows that it gave at once. */
function watched() {
  let most = 0
  const query: typeof system.system.query = async <Row extends object>(
    statement: Parameters<typeof system.system.query>[0],
  ) => {
    const rows = await system.system.query<Row>(statement)
    most = Math.max(most, rows.length)
    return rows
  }
  return { context: { ...system, system: { ...system.system, query } }, most: () => most }
}

test('5,000 that are due at once are each come to once, 200 in memory at a time; one that fails holds up none', async () => {
  await due(5_000)
  const { context, most } = watched()
  const seen = new Map<string, number>()
  const failed = await walkDue(context, sql`"status" = 'draft' and "name" = ${'Many'}`, async (_context, id) => {
    seen.set(id, (seen.get(id) ?? 0) + 1)
    if (seen.size % 1_000 === 0) throw new Error('broken')
  })
  expect([seen.size, Math.max(...seen.values()), failed, most()]).toEqual([5_000, 1, 5, 200])
  await system.system.query(sql`delete from "Experiment"`)
})

test('250 that are due at once all start, over two pages', async () => {
  const db = await due(250)
  expect(await followSchedules(system, kernel.service(experiments))).toEqual({
    ...{ started: 250, stopped: 0, refused: 0, failed: 0 },
  })
  const [counted] = await db.query(sql`
    select (select count(*)::int from "Experiment" where "status" = 'running') as "running",
      (select count(*)::int from "ExperimentPhase") as "phases", (select count(*)::int from "ExperimentDecision") as "decisions"`)
  expect(counted).toEqual({ running: 250, phases: 250, decisions: 250 })
})
