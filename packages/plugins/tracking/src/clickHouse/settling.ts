import { setTimeout } from 'node:timers/promises'
import type { SystemContext } from '@espalier/core'
import { areOver, forgetBatches, lastBatchBefore, missing } from './batches.ts'
import type { ClickHouse } from './clickHouse.ts'
import { tablesOf } from './logTable.ts'
import { bigNumber, joined, sqlText } from './sqlText.ts'

/** Time that an insert of a transaction that was given up may still take to arrive, with a wide margin. */
const marginMs = 3600_000

/** Waits for ClickHouse to delete what it was told to, at most. */
const mostWaits = 300

/**
 * Deletes what aborted transactions have left in the log, and says up to which batch that was done: from then on the log's word
 * stands for them, and PostgreSQL forgets their numbers. A batch that is not settled is looked up with each question, so this
 * is done every hour. May be interrupted anywhere, and run twice.
 *
 * @returns how many batches were settled
 */
export async function settle(house: ClickHouse, system: SystemContext): Promise<number> {
  const { own, all, settled } = tablesOf(house)
  const before = new Date(system.clock.now().getTime() - marginMs)
  const last = await lastBatchBefore(system, before)
  // What every node has been told. Nobody reads any more by what stood there before.
  const told = await house.readEverywhere<[string]>(sqlText`SELECT max("batch") FROM ${settled}`)
  const done = told.map(([batch]) => batch).sort((a, b) => Number(BigInt(a) - BigInt(b)))[0] as string
  const forgotten = await forgetBatches(system, done)
  if (last === undefined || BigInt(last) <= BigInt(done)) return forgotten
  const rows = await house.read<[string]>(
    sqlText`SELECT DISTINCT "batch" FROM ${all} WHERE "batch" > ${bigNumber(done)} AND "batch" <= ${bigNumber(last)}`,
  )
  const suspects = await missing(
    system,
    rows.map(([batch]) => batch),
  )
  if (!(await areOver(system, suspects))) return forgotten
  const aborted = await missing(system, suspects)
  if (aborted.length > 0) {
    await house.everywhere(
      sqlText`ALTER TABLE ${own} DELETE WHERE "batch" IN (${joined(aborted.map(bigNumber), ', ')})`,
    )
    if (!(await isDone(house))) return forgotten
  }
  await house.everywhere(sqlText`INSERT INTO ${settled} SELECT ${bigNumber(last)}`)
  return forgotten
}

async function isDone(house: ClickHouse): Promise<boolean> {
  for (let wait = 0; wait < mostWaits; wait++) {
    const open = await house.readEverywhere<[string]>(sqlText`
      SELECT count() FROM system.mutations
      WHERE "database" = ${house.database} AND "table" = 'tracking_event' AND "is_done" = 0`)
    if (open.every(([count]) => count === '0')) return true
    await setTimeout(100)
  }
  return false
}
