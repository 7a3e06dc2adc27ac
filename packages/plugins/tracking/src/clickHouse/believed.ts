import type { SqlContext } from '@espalier/core'
import { committed } from './batches.ts'
import type { ClickHouse } from './clickHouse.ts'
import { tablesOf } from './logTable.ts'
import { sqlText } from './sqlText.ts'

/** For how long a process goes by what it knows. Milliseconds. */
const freshMs = 30_000

/**
 * Which batches of the log happened. Those up to the last that was settled did; of the others PostgreSQL knows. What is known
 * here of how far that is may be old: a batch that PostgreSQL does not know is looked up once more, for it forgets only what
 * every node has been told before.
 */
export class Believed {
  readonly #house: ClickHouse
  #settled = 0n
  #readAt = Number.NEGATIVE_INFINITY

  constructor(house: ClickHouse) {
    this.#house = house
  }

  /** The last batch that was settled, decimal: up to it, rows are believed as they stand. */
  async settled(now = performance.now()): Promise<string> {
    if (now - this.#readAt > freshMs) await this.#read(now)
    return `${this.#settled}`
  }

  /** Those of some batches that nobody may read: their transaction was aborted, or runs. @param batches decimal */
  async aborted(context: SqlContext, batches: Iterable<string>): Promise<string[]> {
    const asked = [...new Set(batches)]
    const known = await committed(context, asked)
    const unknown = asked.filter((batch) => !known.has(batch))
    if (unknown.length > 0) await this.#read(performance.now())
    return unknown.filter((batch) => BigInt(batch) > this.#settled)
  }

  async #read(now: number): Promise<void> {
    const [row] = await this.#house.read<[string]>(sqlText`SELECT max("batch") FROM ${tablesOf(this.#house).settled}`)
    this.#settled = BigInt(row?.[0] ?? 0)
    this.#readAt = now
  }
}
