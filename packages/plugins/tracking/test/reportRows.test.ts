import { type SqlContext, sql } from '@espalier/core'
import { testDatabase } from '@espalier/core/testing'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readTotals } from '../src/metrics.ts'
import { reportRows } from '../src/reportRows.ts'

// As many connections as a process has.
const { db, urls, createWorkspace } = await testDatabase({ poolSize: 10 })

test('as many slow reports as anybody asks for leave connections for everything else', async () => {
  const context = {
    db: db.workspace(await createWorkspace()),
    clock: { now: () => new Date() },
  } as unknown as SqlContext
  const holder = new pg.Client(urls.owner)
  await holder.connect()
  onTestFinished(() => holder.end())
  await holder.query('begin; lock table "TrackingHour" in access exclusive mode')
  const reports = Array.from({ length: 30 }, () => readTotals(context, {}))
  await expect.poll(() => waiters(holder)).toBe(6)
  expect(await context.db.query(sql`select 'a pear' as "fruit"`)).toEqual([{ fruit: 'a pear' }])
  await holder.query('commit')
  for (const report of await Promise.all(reports)) expect(report).toMatchObject({ pageviews: 0 })
})

test('a report whose turn does not come says when to come back, and one in a transaction waits for nobody', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const ends: (() => void)[] = []
  const query = vi.fn(() => new Promise((resolve) => ends.push(() => resolve([{ pears: 1 }]))))
  const context = (inTransaction: boolean) => ({ db: { query, inTransaction } }) as unknown as SqlContext
  const read = (inTransaction = false) => reportRows(context(inTransaction), { text: 'select', values: [] })
  const first = Array.from({ length: 6 }, () => read())
  const late = expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 2 })
  await vi.advanceTimersByTimeAsync(9_000)
  const patient = read()
  const within = read(true)
  expect(query).toHaveBeenCalledTimes(7)
  await vi.advanceTimersByTimeAsync(1_000)
  await late
  expect(query).toHaveBeenCalledTimes(7)
  for (const end of ends.splice(0)) end()
  await Promise.all([...first, within])
  await vi.waitFor(() => expect(ends).toHaveLength(1))
  ends[0]?.()
  expect(await patient).toEqual([{ pears: 1 }])
  expect(query).toHaveBeenCalledTimes(8)
})

/** How many wait for the table. */
async function waiters(holder: pg.Client): Promise<number> {
  const { rows } = await holder.query<{ count: number }>(
    `select count(*)::int as "count" from pg_locks where relation = '"TrackingHour"'::regclass and not granted`,
  )
  return rows[0]?.count ?? 0
}
