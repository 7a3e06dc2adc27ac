import { PrismaClient } from '@espalier/prisma'
import { z } from 'zod'
import { Database } from '../../src/data/database.ts'
import type { PrismaClientClass } from '../../src/data/prismaTypes.ts'
import { sql } from '../../src/data/sql.ts'
import { defineEvent, when } from '../../src/events/defineEvent.ts'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { buildHouse, type HouseOptions } from './house.ts'

/** The jobs and handlers that several worker processes run together. Each leaves lines in the table "TestLog". */

/** Hangs on its first attempt; the worker has to be killed. */
export const hangsOnce = defineJob({
  name: 'test.hangs-once',
  input: z.object({}),
  retry: { delaySeconds: 1, maxDelaySeconds: 1 },
  run: async (_input, context, _service, { attempt, jobId }) => {
    await context.db.query(sql`insert into "TestLog" ("key", "line") values (${jobId}, ${`attempt ${attempt}`})`)
    if (attempt === 0) await new Promise(() => {})
  },
})

/** Ends when two workers have been seen at this kind of job, so one alone cannot do them all. */
export const shared = defineJob({
  name: 'test.shared',
  input: z.object({}),
  concurrency: 10,
  run: async (_input, context, _service, { jobId }) => {
    await context.db.query(sql`insert into "TestLog" ("key", "line") values (${jobId}, ${`process ${process.pid}`})`)
    for (;;) {
      const seen = await context.db.query(sql`select distinct "line" from "TestLog" where "line" like 'process %'`)
      if (seen.length >= 2) return
    }
  },
})

export const stepTaken = defineEvent({
  name: 'test.step-taken',
  payload: z.object({ walker: z.string(), step: z.number(), stumbles: z.boolean() }),
  key: ({ walker }) => walker,
})

/** In order per walker. A stumble fails the first delivery after its line is written. */
export const followSteps = when(
  stepTaken,
  async ({ payload, id }, context) => {
    const { walker, step, stumbles } = payload
    await context.db.query(sql`insert into "TestLog" ("key", "line") values (${walker}, ${String(step)})`)
    if (!stumbles) return
    // Outside of the handler's transaction, so that the second delivery knows of the first.
    const before = await database?.system.query(
      sql`insert into "TestStumble" values (${id}) on conflict do nothing returning 1`,
    )
    if (before?.length === 1) throw new Error('stumbled')
  },
  { ordered: true, concurrency: 4, retry: { delaySeconds: 1, maxDelaySeconds: 1 } },
)

export const crew: HouseOptions = {
  jobs: [hangsOnce, shared],
  handlers: [followSteps],
  heartbeatMs: 100,
  lostAfterMs: 1000,
}

/** What the owner makes before the crew goes to work. */
export const crewTables = `
  create table "TestLog" ("at" bigserial, "key" text not null, "line" text not null);
  create table "TestStumble" ("id" uuid primary key);
  grant select, insert on "TestLog" to espalier_app, espalier_system;
  grant usage on sequence "TestLog_at_seq" to espalier_app, espalier_system;
  grant select, insert on "TestStumble" to espalier_app, espalier_system`

let database: Database | undefined

// Run by itself, this file is a worker: `node crew.ts <app url> <system url>`, until it is killed.
if (import.meta.main) {
  const [appUrl = '', systemUrl = ''] = process.argv.slice(2)
  database = new Database({ appUrl, systemUrl, prisma: PrismaClient as unknown as PrismaClientClass, poolSize: 6 })
  await buildHouse(database, crew).queue.start({ work: true })
  process.send?.('at work')
}
