import { v7 as uuidv7 } from 'uuid'
import { ClickHouse } from '../../packages/plugins/tracking/src/clickHouse/clickHouse.ts'
import {
  makeTables,
  rowsOf,
  tablesOf,
  writtenColumns,
} from '../../packages/plugins/tracking/src/clickHouse/logTable.ts'
import { sqlText } from '../../packages/plugins/tracking/src/clickHouse/sqlText.ts'
import { type TrackedEvent, unknownSource } from '../../packages/plugins/tracking/src/event.ts'
import { newEventId } from '../../packages/plugins/tracking/src/eventId.ts'
import { hasClickHouse, TestClickHouse } from '../../packages/plugins/tracking/test/clickHouseServer.ts'
import { weekOfVisits } from '../visits.ts'

const size = 300_000

/** What an event of {@link weekOfVisits} weighs in ClickHouse once its parts are merged, and how fast batches of 2,000 go in. */
export async function weighEvents(): Promise<void> {
  if (!hasClickHouse()) return
  const server = await TestClickHouse.start()
  try {
    const house = new ClickHouse({ url: server.url('weight') })
    await makeTables(house)
    const [workspaceId, siteId] = [uuidv7(), uuidv7()]
    const random = { next: Math.random }
    let batch = 0n
    const began = performance.now()
    for (const events of weekOfVisits(siteId, size, new Date(Date.now() - 7 * 24 * 3600_000))) {
      const complete = events.map((event): TrackedEvent => {
        const at = event.at as Date
        return {
          ...unknownSource,
          ...{ pageId: null, sessionId: null, goal: null, url: null, referrer: null, experiments: null },
          ...{ properties: null, value: null, metrics: null },
          ...event,
          ...{ id: newEventId(at, random), at },
        }
      })
      const rows = rowsOf(complete, { workspaceId, batch: ++batch, receivedAt: new Date() })
      await house.insert(tablesOf(house).all, writtenColumns, rows)
    }
    const seconds = (performance.now() - began) / 1000
    await server.ask('OPTIMIZE TABLE weight.tracking_event FINAL')
    const [row] = await house.read<[string, string]>(
      sqlText`SELECT sum("bytes_on_disk"), sum("rows") FROM system.parts WHERE "database" = 'weight' AND "table" = 'tracking_event' AND "active"`,
    )
    const [bytes, events] = (row ?? []).map(Number) as [number, number]
    console.log(
      `\nClickHouse: ${events.toLocaleString('en')} events, ${(bytes / events).toFixed(0)} bytes each; ${Math.round(events / seconds).toLocaleString('en')} a second written by one process in batches of 2,000\n`,
    )
  } finally {
    await server.stop()
  }
}
