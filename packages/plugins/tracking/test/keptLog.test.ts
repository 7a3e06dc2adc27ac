import type { DatabaseAtAnInstant, KeptPiece, Statement } from '@espalier/core'
import { afterAll, describe, expect, test } from 'vitest'
import { ClickHouseEventStore } from '../src/clickHouse/clickHouseEventStore.ts'
import { KeptLog } from '../src/clickHouse/keptLog.ts'
import { type TrackedEvent, unknownSource } from '../src/event.ts'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import { hasClickHouse, TestClickHouse } from './clickHouseServer.ts'
import { collectorUnderTest } from './collector.ts'

afterAll(() => TestClickHouse.stopAll())

const random = { next: Math.random }

describe.skipIf(!hasClickHouse())('the log in ClickHouse, for a backup', async () => {
  if (!hasClickHouse()) return
  const [node, other] = (await TestClickHouse.startCluster(2)) as [TestClickHouse, TestClickHouse]
  const { host, makeSite } = await collectorUnderTest()
  const database: DatabaseAtAnInstant = {
    query: <Row>(statement: Statement) => host.system.system.query(statement) as Promise<Row[]>,
  }
  const site = await makeSite()
  let taken = ''
  const neighbor = await makeSite()

  const event = (at: Date, of: Partial<TrackedEvent> = {}): TrackedEvent => ({
    ...unknownSource,
    ...{ id: newEventId(at, random), siteId: site.id, pageId: null, visitorId: newVisitorId(random), sessionId: null },
    ...{ at, experiments: null, metrics: null, referrer: null, value: null, goal: null, url: null },
    name: 'pageview',
    // What text formats have to escape.
    properties: { said: 'tab\t, line\nback\\slash, "quote", été' },
    ...of,
  })
  const rowsOf = (of: TestClickHouse, database: string, table = 'tracking_event') =>
    of.ask(
      `SELECT hex("workspaceId"), toString("hour"), hex("id"), hex("visitorId"), "name", "at", "url", "properties", "goal", "receivedAt"
       FROM ${database}.${table} ORDER BY "workspaceId", "id"`,
    )
  const piecesOf = async (log: KeptLog) => {
    const pieces: KeptPiece[] = []
    for await (const piece of log.read(database)) pieces.push(piece)
    return pieces
  }
  const putBack = async (log: KeptLog, pieces: readonly KeptPiece[]) => {
    const restoration = await log.restore()
    for (const piece of pieces) await restoration.write(piece)
    return restoration
  }

  test('is what had happened, once each, in pieces; elsewhere it is the same row by row, and believed', async () => {
    const url = node.url('taken')
    const store = new ClickHouseEventStore({ url })
    await store.prepare(host.system)
    const now = Date.now()
    const happened = Array.from({ length: 60 }, (_, n) => event(new Date(now - n ** 3 * 8_000)))
    for (const some of [happened.slice(0, 40), happened.slice(40)])
      await site.context.sqlTransaction(async (tx) => void (await store.append(tx, some)))
    await neighbor.context.sqlTransaction(
      async (tx) => void (await store.append(tx, [event(new Date(now), { siteId: neighbor.id, name: 'theirs' })])),
    )
    const before = await rowsOf(node, 'taken')
    taken = before
    // Aborted, and written twice.
    await site.context
      .sqlTransaction(async (tx) => {
        await store.append(tx, [event(new Date(now), { name: 'aborted' })])
        throw new Error('given up')
      })
      .catch(() => {})
    await node.ask('INSERT INTO taken.tracking_event SELECT * FROM taken.tracking_event WHERE "name" = \'theirs\'')
    expect(await rowsOf(node, 'taken')).toContain('aborted')

    const pieces = await piecesOf(new KeptLog(url, 7))
    expect(pieces.length).toBeGreaterThan(8)
    expect(pieces.reduce((sum, { count }) => sum + count, 0)).toBe(61)
    expect(new Set(pieces.map(({ path }) => path)).size).toBe(pieces.length)

    const there = new KeptLog(node.url('restored'))
    expect(await there.occupied()).toBe(false)
    const restoration = await putBack(there, pieces)
    expect(await there.occupied(), 'nobody sees it before the end').toBe(false)
    await restoration.finish()
    await restoration.settle()
    expect(await rowsOf(node, 'restored')).toBe(before)
    expect(await there.occupied()).toBe(true)
    // What is put back needs no word of PostgreSQL's, and goes on.
    const restored = new ClickHouseEventStore({ url: node.url('restored') })
    expect(await restored.rows(site.context).count({ where: {} })).toBe(60)
    await site.context.sqlTransaction(async (tx) => void (await restored.append(tx, [event(new Date(now))])))
    expect(await restored.rows(site.context).count({ where: {} })).toBe(61)
  })

  test('is of the database’s instant: what is committed while it is read is not in it', async () => {
    const url = node.url('later')
    const store = new ClickHouseEventStore({ url })
    await store.prepare(host.system)
    const append = (name: string) =>
      site.context.sqlTransaction(async (tx) => void (await store.append(tx, [event(new Date(), { name })])))
    await append('before')
    const instant = new Map<string, unknown[]>()
    const asked = {
      query: async <Row>(statement: Statement) => instant.get(statement.text) as Row[],
    }
    // All that is asked of the database, as it stands now.
    const recorded: DatabaseAtAnInstant = {
      query: async (statement) => {
        const rows = await database.query(statement)
        instant.set(statement.text, rows)
        return rows as never
      },
    }
    const names = async (of: DatabaseAtAnInstant) => {
      const found: string[] = []
      for await (const { bytes } of new KeptLog(url).read(of)) found.push(Buffer.from(bytes).toString())
      return /before/.test(found.join()) && !/after/.test(found.join())
    }
    expect(await names(recorded)).toBe(true)
    await append('after')
    expect(await names(asked)).toBe(true)
    expect(await names(database)).toBe(false)
  })

  test('that was not put back whole leaves what was there, also when the database does not commit', async () => {
    const url = node.url('undone')
    const store = new ClickHouseEventStore({ url })
    await store.prepare(host.system)
    await site.context.sqlTransaction(
      async (tx) => void (await store.append(tx, [event(new Date(), { name: 'mine' })])),
    )
    const before = await rowsOf(node, 'undone')
    const [piece] = (await piecesOf(new KeptLog(node.url('taken')))) as [KeptPiece]
    const log = new KeptLog(url)
    // Broken off: the next one begins anew.
    await putBack(log, [piece])
    const broken = await putBack(log, [piece])
    await broken.undo()
    expect(await rowsOf(node, 'undone')).toBe(before)
    const late = await putBack(log, [piece])
    await late.finish()
    expect(await rowsOf(node, 'undone')).not.toBe(before)
    await late.undo()
    expect(await rowsOf(node, 'undone')).toBe(before)
    expect(await node.ask("SELECT name FROM system.tables WHERE database = 'undone' ORDER BY name")).toBe(
      'tracking_event\ntracking_settled',
    )
  })

  test('of one node goes into a cluster, and out of it', async () => {
    const cluster = `${node.url('spread')}?cluster=events&nodes=127.0.0.1:${other.port}`
    const pieces = await piecesOf(new KeptLog(node.url('taken')))
    const restoration = await putBack(new KeptLog(cluster), pieces)
    await restoration.finish()
    await restoration.settle()
    const shares = await Promise.all([node, other].map((one) => one.ask('SELECT count() FROM spread.tracking_event')))
    expect(shares.map(Number).reduce((sum, count) => sum + count, 0)).toBe(61)
    expect(Math.min(...shares.map(Number))).toBeGreaterThan(0)
    const out = await putBack(new KeptLog(node.url('gathered')), await piecesOf(new KeptLog(cluster, 20)))
    await out.finish()
    await out.settle()
    expect(await rowsOf(node, 'gathered')).toBe(taken)
  })

  test('that does not answer is an error, not an empty log', async () => {
    await other.kill()
    const gone = new KeptLog(other.url('taken'))
    await expect(gone.occupied()).rejects.toThrow()
    await expect(piecesOf(gone)).rejects.toThrow()
  })
})
