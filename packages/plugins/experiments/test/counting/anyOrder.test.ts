import { sql, type WorkspaceContext } from '@espalier/core'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import type { Metric } from '../../src/metrics/metric.ts'
import { countedAsLogged } from './countedAsLogged.ts'
import { experimentsUnderTest, hourMs } from './experimentUnderTest.ts'

const { kernel, service, tracker, start, createWorkspace } = await experimentsUnderTest()

const visitorsPerRun = 4

/** One event of a few visitors within three days; an exposure to one of the two variants, or to none. */
const anEvent = fc.record({
  quarter: fc.integer({ min: 0, max: 3 * 24 * 4 }),
  visitor: fc.nat(visitorsPerRun - 1),
  shown: fc.constantFrom(null, null, 0, 0, 1),
  name: fc.constantFrom('pageview', 'order', 'click', 'engagement'),
  device: fc.constantFrom('mobile', 'desktop', null),
  country: fc.constantFrom('FR', null),
  amountMinor: fc.integer({ min: 1, max: 900 }),
})

const timeZone = 'Asia/Kolkata'

/** A metric of each kind, with and without a cap and a window of its own. */
async function startWithEverything(cupedDays = 0) {
  const workspaceId = await createWorkspace()
  const context: WorkspaceContext = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const parts = new Map<string, Metric>()
  for (const [key, kind] of [
    ['revenue', 'value'],
    ['orders', 'conversion'],
  ] as const) {
    const currency = kind === 'value' ? { currency: 'EUR', cap: 1000 } : {}
    const metric = await service.metrics.create(context, { key, name: key, kind, event: 'order', ...currency })
    parts.set(metric.id, metric)
  }
  const [numeratorId, denominatorId] = [...parts.keys()]
  const experiment = await start(
    [
      { kind: 'conversion', event: 'order' },
      { kind: 'count', event: 'click', windowHours: 20 },
      { kind: 'value', event: 'order', currency: 'EUR', cap: 1000 },
      { kind: 'engagement' },
      { kind: 'retention', retentionFrom: 1, retentionTo: 2 },
      { kind: 'ratio', numeratorId, denominatorId },
    ],
    { workspaceId, timeZone, rules: { cupedDays } },
  )
  return {
    ...experiment,
    parts,
    isAsLogged: async () => countedAsLogged(context, await service.get(context, experiment.id), timeZone, parts),
  }
}

test('in whatever order, batches and repetitions events arrive, the totals equal a plain recount of the log', async () => {
  // One experiment with CUPED and one without; each run brings visitors of its own, and everything so far is counted again.
  const underTest = [await startWithEverything(0), await startWithEverything(1)]
  await fc.assert(
    fc.asyncProperty(
      fc.array(anEvent, { minLength: 1, maxLength: 40 }),
      fc.array(fc.record({ from: fc.nat(39), length: fc.integer({ min: 1, max: 8 }) }), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.constantFrom(...underTest),
      async (drawn, slices, experiment) => {
        const visitors = Array.from({ length: visitorsPerRun }, () => uuidv7())
        const { site, context, id, control, bold } = experiment
        const begun = Date.UTC(2026, 10, 16, 10)
        const events = drawn.map(({ quarter, visitor, shown, name, device, country, amountMinor }, index) => {
          // No two at one instant: what comes first is then one thing.
          const at = new Date(begun + (quarter * hourMs) / 4 + index)
          return {
            ...{ id: idAt(at), at, siteId: site.id, visitorId: visitors[visitor] as string, name, device, country },
            experiments: shown === null ? null : { [id]: shown === 0 ? control : bold },
            value: name === 'order' ? { amountMinor, currency: amountMinor % 5 ? 'EUR' : 'USD' } : null,
            metrics: name === 'engagement' ? { engagedMs: amountMinor * 250 } : null,
          }
        })
        // Slices that overlap, in the order in which they were drawn, then what is left.
        const batches = [...slices.map(({ from, length }) => events.slice(from, from + length)), events]
        for (const batch of batches) await tracker.record(context, batch)
        await experiment.isAsLogged()
      },
    ),
    { numRuns: 25 },
  )
})

test('ten batches at once, of the same subjects in two experiments, count as one after the other', async () => {
  const first = await startWithEverything()
  const { workspaceId } = first.context
  const second = await start([{ kind: 'count', event: 'order' }], { workspaceId })
  const subjects = Array.from({ length: 40 }, () => uuidv7())
  const begun = Date.now() - 30 * hourMs
  const batch = (offset: number) =>
    subjects.flatMap((visitorId, index) => [
      {
        ...{ siteId: first.site.id, visitorId, name: 'pageview', at: new Date(begun + offset * hourMs + index) },
        experiments: { [first.id]: index % 2 ? first.control : first.bold, [second.id]: second.control },
      },
      {
        siteId: first.site.id,
        visitorId,
        name: 'order',
        value: { amountMinor: 300, currency: 'EUR' },
        at: new Date(begun + (offset + 1) * hourMs + index),
      },
    ])
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      first.context.sqlTransaction(async (tx) => {
        // In this process batches share a commit; in transactions of their own they meet in the database.
        await tracker.record(tx, index % 2 ? batch(index) : batch(index).reverse())
      }),
    ),
  )
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      service.expose(
        first.context,
        subjects.map((subject) => ({
          experimentId: second.id,
          subject,
          variantId: second.control,
          at: new Date(begun + index),
        })),
      ),
    ),
  )
  await first.isAsLogged()
  expect(await second.exposures()).toEqual({ control: 40, bold: 0 })
  expect(await second.sums()).toMatchObject({ subjects: 40, sum: 400 })
  expect(
    await first.context.db.query(sql`select 1 from "ExperimentExposure" where "experimentId" = ${first.id}`),
  ).toHaveLength(40)
})

/** A UUIDv7 of an instant. */
function idAt(at: Date): string {
  return uuidv7({ msecs: at.getTime() })
}
