import type { DatabaseAtAnInstant, KeptElsewhere, KeptPiece, Restoration } from '@espalier/core'
import { ClickHouse, ClickHouseError } from './clickHouse.ts'
import { happenedBy } from './keptBatches.ts'
import { partsOfLog } from './keptPieces.ts'
import { keptColumns, makeTables, tablesOf } from './logTable.ts'
import { joined, name, sqlText } from './sqlText.ts'

/** A backup waits for what a visitor would not. Milliseconds. */
const timeoutMs = 600_000

/** Rows of a piece: some tens of megabytes, and few enough pieces for ClickHouse to merge as fast as they come. */
const rowsAtOnce = 50_000

/** The log in ClickHouse, as a backup holds it: each event once, those alone that had happened at the database's instant. */
export class KeptLog implements KeptElsewhere {
  readonly name = 'event-log'
  readonly setting = 'ESPALIER_EVENT_STORE'
  readonly unit = 'event'
  readonly place: string
  readonly #house: ClickHouse
  readonly #rows: number

  /** @param rows of a piece */
  constructor(url: string, rows = rowsAtOnce) {
    this.place = `the ClickHouse at ${new URL(url).host}`
    this.#house = new ClickHouse({ url, timeoutMs })
    this.#rows = rows
  }

  async occupied(): Promise<boolean> {
    return (await this.#made()) && (await this.#holds())
  }

  async *read(database: DatabaseAtAnInstant): AsyncIterable<KeptPiece> {
    if (!(await this.#made())) return
    const { all } = tablesOf(this.#house)
    const happened = await happenedBy(this.#house, database)
    let number = 0
    for await (const part of partsOfLog(this.#house, happened, this.#rows)) {
      const bytes = await this.#house.readLines(
        sqlText`SELECT ${keptColumns} FROM ${all} WHERE ${happened} AND ${part} LIMIT 1 BY "workspaceId", "id"`,
      )
      const count = linesIn(bytes) - 1
      if (count > 0) yield { path: `${String(++number).padStart(6, '0')}.tsv`, bytes, count }
    }
  }

  async restore(): Promise<Restoration> {
    const house = this.#house
    await makeTables(house)
    const { own, all, settled } = tablesOf(house)
    const [log, told] = [replacing('tracking_event'), replacing('tracking_settled')]
    const everyNode = name('tracking_event_restored_all')
    const drop = async (tables: readonly ReturnType<typeof name>[]) => {
      for (const table of tables) await house.everywhere(sqlText`DROP TABLE IF EXISTS ${table}`)
    }
    await drop([everyNode, log.restored, told.restored, log.replaced, told.replaced])
    await house.everywhere(sqlText`CREATE TABLE ${log.restored} AS ${own}`)
    await house.everywhere(sqlText`CREATE TABLE ${told.restored} AS ${settled}`)
    if (house.cluster)
      await house.everywhere(sqlText`CREATE TABLE ${everyNode} AS ${all}
        ENGINE = Distributed(${name(house.cluster)}, ${name(house.database)}, ${log.restored}, cityHash64("workspaceId", "visitorId"))`)
    let swapped = false
    return {
      write: async ({ bytes }) => {
        const end = bytes.indexOf(newline)
        const columns = Buffer.from(bytes.subarray(0, end)).toString().split('\t').map(name)
        const into = house.cluster ? everyNode : log.restored
        await house.insertLines(into, joined(columns, ', '), bytes.subarray(end + 1))
      },
      finish: async () => {
        swapped = true
        await house.everywhere(sqlText`RENAME TABLE ${own} TO ${log.replaced}, ${log.restored} TO ${own},
          ${settled} TO ${told.replaced}, ${told.restored} TO ${settled}`)
      },
      settle: () => drop([everyNode, log.replaced, told.replaced]),
      undo: async () => {
        if (swapped)
          await house.everywhere(sqlText`RENAME TABLE ${own} TO ${log.restored}, ${log.replaced} TO ${own},
            ${settled} TO ${told.restored}, ${told.replaced} TO ${settled}`)
        await drop([everyNode, log.restored, told.restored])
      },
    }
  }

  async #holds(): Promise<boolean> {
    const rows = await this.#house.read(sqlText`SELECT 1 FROM ${tablesOf(this.#house).all} LIMIT 1`)
    return rows.length > 0
  }

  /** Whether somebody has written here before. */
  async #made(): Promise<boolean> {
    try {
      await this.#holds()
      return true
    } catch (error) {
      if (error instanceof ClickHouseError && missing.has(error.code)) return false
      throw error
    }
  }
}

/** ClickHouse's numbers for a table and a database that it does not know. */
const missing: ReadonlySet<number> = new Set([60, 81])

const newline = 0x0a

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}

/** The names of a table on its way back, and of the one whose place it takes. */
function replacing(table: string) {
  return { restored: name(`${table}_restored`), replaced: name(`${table}_replaced`) }
}
