import { unknownSource } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { capMetrics, forgetMeasurements } from '../../src/counting/jobs.ts'
import { dayMs, experimentsUnderTest, hourMs, nobody, totalsOf } from './experimentUnderTest.ts'

const { kernel, service, tracker, start, createWorkspace } = await experimentsUnderTest()

const now = Date.now()
const ago = (ms: number) => new Date(now - ms)
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

describe('what counts for a metric', () => {
  test('a conversion once, a count each time, a value what it is worth', async () => {
    const experiment = await start([
      { kind: 'conversion', event: 'order' },
      { kind: 'count', event: 'order' },
      { kind: 'value', event: 'order', currency: 'EUR' },
    ])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.control)
    const order = { visitorId, name: 'conversion', goal: 'order' }
    await experiment.record({ ...order, value: euros(1000) }, { ...order, value: euros(500) })
    await experiment.record({ ...order, value: { amountMinor: 900, currency: 'USD' } })
    expect(await experiment.sums(0)).toMatchObject({ subjects: 1, sum: 1, sumOfSquares: 1 })
    expect(await experiment.sums(1)).toMatchObject({ subjects: 1, sum: 3, sumOfSquares: 9 })
    expect(await experiment.sums(2)).toMatchObject({ subjects: 1, sum: 1500, sumOfSquares: 1500 ** 2 })
  })

  test('a value may be a property; what is no number is none', async () => {
    const experiment = await start([{ kind: 'value', event: 'played', property: 'seconds' }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.control)
    for (const seconds of [12, -2, '30', null, Number.MAX_VALUE, { length: 3 }])
      await experiment.record({ visitorId, name: 'played', properties: { seconds } })
    expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 10, sumOfSquares: 100 })
  })

  test('a filter asks for properties and for where somebody came from', async () => {
    const filter = { 'properties.plan': { $in: ['team', 'company'] }, device: 'mobile' }
    const experiment = await start([{ kind: 'count', event: 'order', filter }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.control)
    const order = (plan: string, device: 'mobile' | 'desktop') =>
      experiment.record({ visitorId, name: 'order', properties: { plan }, device })
    await Promise.all([
      order('team', 'mobile'),
      order('team', 'desktop'),
      order('free', 'mobile'),
      order('company', 'mobile'),
    ])
    expect(await experiment.sums()).toMatchObject({ sum: 2 })
  })

  test('engagement is seconds, added up', async () => {
    const experiment = await start([{ kind: 'engagement' }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.bold)
    for (const engagedMs of [1500, 2000, 0])
      await experiment.record({ visitorId, name: 'engagement', metrics: { engagedMs } })
    expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 3.5, sumOfSquares: 12.25 })
  })

  test('a ratio has both sides of each subject, and their product', async () => {
    const revenue = { kind: 'value', event: 'order', currency: 'EUR' } as const
    const orders = { kind: 'count', event: 'order' } as const
    const workspaceId = await createWorkspace()
    const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
    const [above, below] = await Promise.all(
      [revenue, orders].map((metric, index) =>
        service.metrics.create(context, { ...metric, key: `part-${index}`, name: 'Part' }),
      ),
    )
    const experiment = await start([{ kind: 'ratio', numeratorId: above?.id, denominatorId: below?.id }], {
      workspaceId,
    })
    for (const amounts of [[300], [100, 200]]) {
      const visitorId = uuidv7()
      await experiment.see(visitorId, experiment.control)
      for (const amount of amounts) await experiment.record({ visitorId, name: 'order', value: euros(amount) })
    }
    expect(await experiment.sums()).toEqual({
      subjects: 2,
      sum: 600,
      sumOfSquares: 180_000,
      otherSum: 3,
      otherSumOfSquares: 5,
      sumOfProducts: 300 * 1 + 300 * 2,
    })
  })

  test('coming back counts between two days after the exposure, whatever it was that one did', async () => {
    const experiment = await start([{ kind: 'retention', retentionFrom: 1, retentionTo: 3 }])
    const came = async (...hoursAfter: number[]) => {
      const visitorId = uuidv7()
      const exposed = now - 5 * dayMs
      await experiment.see(visitorId, experiment.control, new Date(exposed))
      for (const hours of hoursAfter)
        await experiment.record({ visitorId, name: 'click', at: new Date(exposed + hours * hourMs) })
      return (await experiment.sums()).sum
    }
    expect(await came(1, 23.9)).toBe(0)
    expect(await came(24)).toBe(1)
    expect(await came(30, 71.9)).toBe(2)
    expect(await came(72, 100)).toBe(2)
  })

  test('nobody counts for more than the cap', async () => {
    const experiment = await start([{ kind: 'value', event: 'order', currency: 'EUR', cap: 1000 }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.control)
    for (const amount of [600, 600, 600]) await experiment.record({ visitorId, name: 'order', value: euros(amount) })
    expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 1000, sumOfSquares: 1_000_000 })
  })
})

describe('when it counts', () => {
  test('within the window of the metric, from the exposure on', async () => {
    const experiment = await start([{ kind: 'count', event: 'order', windowHours: 2 }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.control, ago(10 * hourMs))
    for (const hours of [10.1, 10, 8.1, 8, 7])
      await experiment.record({ visitorId, name: 'order', at: ago(hours * hourMs) })
    expect(await experiment.sums()).toMatchObject({ sum: 2 })
  })

  test('an exposure that arrives after what it led to finds it in the log', async () => {
    const experiment = await start([{ kind: 'count', event: 'order' }])
    const visitorId = uuidv7()
    await experiment.record(
      { visitorId, name: 'order', at: ago(2 * hourMs) },
      { visitorId, name: 'order', at: ago(4 * hourMs) },
    )
    expect(await experiment.sums()).toMatchObject({ sum: 0 })
    await experiment.see(visitorId, experiment.control, ago(3 * hourMs))
    expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 1 })
  })

  test('an earlier exposure that arrives later takes the place of the one that was counted', async () => {
    const experiment = await start([{ kind: 'count', event: 'order' }])
    const visitorId = uuidv7()
    await experiment.see(visitorId, experiment.bold, ago(1 * hourMs))
    await experiment.record({ visitorId, name: 'order', at: ago(2 * hourMs) }, { visitorId, name: 'order', at: ago(0) })
    expect(await experiment.exposures()).toEqual({ control: 0, bold: 1 })
    await experiment.see(visitorId, experiment.control, ago(3 * hourMs))
    expect(await experiment.exposures()).toEqual({ control: 1, bold: 0 })
    expect(await experiment.sums()).toMatchObject({ subjects: 1, sum: 2, sumOfSquares: 4 })
    expect(await experiment.health()).toMatchObject({ crossover: 1 })
  })

  test('days are those of the workspace', async () => {
    const experiment = await start([{ kind: 'count', event: 'order' }], { timeZone: 'Asia/Kolkata' })
    const visitorId = uuidv7()
    // Midnight in Kolkata is half past six in the evening in UTC.
    const at = (time: string) => new Date(`2026-11-10T${time}Z`)
    await experiment.see(visitorId, experiment.control, at('18:00:00'))
    await experiment.record(
      { visitorId, name: 'order', at: at('18:29:59') },
      { visitorId, name: 'order', at: at('18:30:00') },
      { visitorId, name: 'order', at: at('23:00:00') },
    )
    expect(await experiment.byDay()).toEqual([
      ['2026-11-10', 1, 1],
      ['2026-11-11', 0, 2],
    ])
  })

  test('what ran before the exposure is kept beside what came after, where an experiment asks for it', async () => {
    const experiment = await start([{ kind: 'count', event: 'order', cap: 10 }], { rules: { cupedDays: 7 } })
    const visitorId = uuidv7()
    const order = (days: number) => ({ visitorId, name: 'order', at: ago(days * dayMs) })
    // One of those from before arrives after the exposure.
    await experiment.record(order(9), order(8.1), order(2.5))
    await experiment.see(visitorId, experiment.control, ago(1 * dayMs))
    await experiment.record(order(0.5), order(0.2), order(0.1))
    await experiment.record(order(2))
    expect(await experiment.sums()).toEqual({
      subjects: 1,
      sum: 3,
      sumOfSquares: 9,
      otherSum: 2,
      otherSumOfSquares: 4,
      sumOfProducts: 6,
    })
  })
})

describe('who is recorded with what', () => {
  test('the server’s own word counts, and shows whom it moved; a browser’s only where the hash agrees', async () => {
    const experiment = await start([], { coverage: 0.5 })
    const { control, bold } = experiment
    const view = (visitorId: string, variant: string) =>
      experiment.record({ visitorId, name: 'experiment_viewed', properties: { experiment: experiment.key, variant } })
    const [asAssigned, moved, outside] = await Promise.all([
      experiment.somebodyIn(control),
      experiment.somebodyIn(control),
      experiment.somebodyIn(null),
    ])
    await experiment.see(asAssigned, control)
    await experiment.see(moved, bold)
    await experiment.see(outside, bold)
    await view(await experiment.somebodyIn(control), 'control')
    await view(await experiment.somebodyIn(control), 'bold')
    await view(await experiment.somebodyIn(null), 'bold')
    await view(await experiment.somebodyIn(bold), 'no-such-variant')
    expect(await experiment.exposures()).toEqual({ control: 2, bold: 2 })
    const recorded = await experiment.recorded()
    expect(recorded.map(({ predictedId, recordedId, subjects }) => [predictedId, recordedId, subjects])).toEqual(
      [
        [nobody, bold, 1],
        [control, bold, 1],
        [control, control, 2],
      ].sort(),
    )
  })

  test('a variant of another experiment is none', async () => {
    const experiment = await start([])
    const other = await start([], { workspaceId: experiment.context.workspaceId })
    await experiment.see(uuidv7(), other.control)
    expect(await experiment.exposures()).toEqual({ control: 0, bold: 0 })
    expect(
      await service.expose(experiment.context, [
        { experimentId: experiment.id, subject: 'ann', variantId: other.control },
      ]),
    ).toEqual(['no-variant'])
  })

  test('somebody seen with two variants stays with the first, and is noticed once', async () => {
    const experiment = await start([])
    const visitorId = uuidv7()
    for (const variantId of [experiment.control, experiment.bold, experiment.bold, experiment.control])
      await experiment.see(visitorId, variantId)
    expect(await experiment.exposures()).toEqual({ control: 1, bold: 0 })
    expect(await experiment.health()).toEqual({ crossover: 1 })
  })

  test('an exposure that arrives an hour late is noticed', async () => {
    const experiment = await start([])
    await experiment.see(uuidv7(), experiment.control, new Date(Date.now() - 50 * 60_000))
    expect(await experiment.health()).toEqual({})
    await experiment.see(uuidv7(), experiment.control, new Date(Date.now() - 61 * 60_000))
    expect(await experiment.health()).toEqual({ late: 1 })
  })

  test('an exposure belongs to the phase of its time', async () => {
    const experiment = await start([{ kind: 'count', event: 'order' }])
    const before = new Date()
    await service.changeRunning(experiment.context, experiment.id, { weights: [{ variant: 'bold', weight: 3 }] })
    const [one, other] = [uuidv7(), uuidv7()]
    await experiment.see(one, experiment.control, before)
    await experiment.see(other, experiment.control, new Date(Date.now() + 1000))
    await experiment.record({ visitorId: one, name: 'order', at: new Date(Date.now() + 2000) })
    const rows = await experiment.context.db.query({
      text: `select "phase", "metricId" = '${nobody}' as "exposures", "subjects" from "ExperimentTotal" where "dimension" = '' order by 1, 2`,
      values: [],
    })
    expect(rows).toEqual([
      { phase: 1, exposures: false, subjects: 1 },
      { phase: 1, exposures: true, subjects: 1 },
      { phase: 2, exposures: true, subjects: 1 },
    ])
  })
})

describe('subjects of others', () => {
  test('are exposed once and measured, by whatever key they have', async () => {
    const { context, id, bold, sums, exposures } = await start([{ kind: 'value', event: 'cost', property: 'tokens' }])
    const exposure = { experimentId: id, subject: 'execution 7', variantId: bold }
    const cost = { id: 'call 1', subject: 'execution 7', name: 'cost', properties: { tokens: 120 } }
    expect(await service.expose(context, [exposure, exposure])).toEqual(['recorded', 'known'])
    expect(await service.expose(context, [exposure])).toEqual(['known'])
    expect(await service.measure(context, [cost, cost, { ...cost, id: 'call 2' }])).toBe(2)
    expect(await service.measure(context, [cost])).toBe(0)
    expect(await exposures()).toEqual({ control: 0, bold: 1 })
    expect(await sums()).toMatchObject({ subjects: 1, sum: 240 })
  })

  test('may be measured before their exposure is reported', async () => {
    const { context, id, bold, sums } = await start([{ kind: 'count', event: 'reply' }])
    const reply = (hours: number) => ({ subject: 'ann', name: 'reply', at: ago(hours * hourMs) })
    await service.measure(context, [reply(3), reply(1)])
    await service.expose(context, [{ experimentId: id, subject: 'ann', variantId: bold, at: ago(2 * hourMs) }])
    expect(await sums()).toMatchObject({ sum: 1 })
  })

  test('have their measurements kept for as long as events are', async () => {
    const { context } = await start([])
    const measured = (days: number) => ({ id: `${days} days`, subject: 'ann', name: 'reply', at: ago(days * dayMs) })
    await service.measure(context, [measured(20), measured(15), measured(13)])
    const forget = (retentionDays: number | undefined) =>
      forgetMeasurements.run(
        {},
        kernel.contexts.system('test') as never,
        { counting: { retentionDays } } as never,
        {} as never,
      )
    expect(await forget(undefined)).toEqual({ forgotten: 0 })
    expect(await forget(14)).toEqual({ forgotten: 2 })
    expect(await context.db.query({ text: 'select "id" from "ExperimentMeasurement"', values: [] })).toEqual([
      { id: '13 days' },
    ])
  })

  test('count with the caller’s transaction, or not at all', async () => {
    const { context, id, bold, sums, exposures } = await start([{ kind: 'count', event: 'reply' }])
    const work = context.transaction(async (tx) => {
      await service.expose(tx, [{ experimentId: id, subject: 'ann', variantId: bold }])
      await service.measure(tx, [{ subject: 'ann', name: 'reply' }])
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await exposures()).toEqual({ control: 0, bold: 0 })
    expect(await sums()).toMatchObject({ subjects: 0, sum: 0 })
    await service.expose(context, [{ experimentId: id, subject: 'ann', variantId: bold }])
    expect(await exposures()).toEqual({ control: 0, bold: 1 })
  })

  test('an experiment that does not run takes none', async () => {
    const { context, id, bold } = await start([])
    await service.complete(context, id, null)
    expect(await service.expose(context, [{ experimentId: id, subject: 'ann', variantId: bold }])).toEqual([
      'not-running',
    ])
  })
})

test('another workspace’s events and subjects stay in theirs', async () => {
  const mine = await start([{ kind: 'count', event: 'order' }])
  const theirs = await start([{ kind: 'count', event: 'order' }])
  const visitorId = uuidv7()
  await mine.see(visitorId, mine.control)
  await theirs.record({ visitorId, name: 'order', experiments: { [mine.id]: mine.control } })
  await service.expose(theirs.context, [{ experimentId: mine.id, subject: visitorId, variantId: mine.control }])
  await service.measure(theirs.context, [{ subject: visitorId, name: 'order' }])
  expect(await mine.sums()).toMatchObject({ sum: 0 })
  expect(await theirs.sums()).toMatchObject({ sum: 0 })
  expect(await theirs.exposures()).toEqual({ control: 0, bold: 0 })
})

test('a batch that fails after counting has counted nothing; sent again it counts once', async () => {
  const experiment = await start([{ kind: 'count', event: 'order' }])
  const visitorId = uuidv7()
  const events = [
    { siteId: experiment.site.id, visitorId, name: 'pageview', experiments: { [experiment.id]: experiment.bold } },
    { siteId: experiment.site.id, visitorId, name: 'order' },
  ].map((event) => ({ ...event, id: uuidv7(), at: new Date() }))
  await expect(
    experiment.context.sqlTransaction(async (tx) => {
      await tracker.record(tx, events)
      throw new Error('the process died')
    }),
  ).rejects.toThrow('the process died')
  expect(await experiment.exposures()).toEqual({ control: 0, bold: 0 })
  await tracker.record(experiment.context, events)
  await tracker.record(experiment.context, events)
  expect(await experiment.exposures()).toEqual({ control: 0, bold: 1 })
  expect(await experiment.sums()).toMatchObject({ sum: 1 })
})

describe('a cap at a percentile', () => {
  const percentile = (values: readonly number[], share: number) => {
    const sorted = [...values].sort((a, b) => a - b)
    const place = share * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number]
    return low + (high - low) * (place - Math.floor(place))
  }

  test('is worked out over the subjects that have any, and corrects what was counted, as if it had always been the cap', async () => {
    const amounts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 0]
    const cap = percentile(
      amounts.filter((amount) => amount > 0).map((amount) => 2 * amount),
      0.8,
    )
    const value = { kind: 'value', event: 'order', currency: 'EUR' } as const
    const rules = { cupedDays: 5 }
    const experiment = await start([{ ...value, capPercentile: 0.8 }], { rules })
    const { context, site } = experiment
    const fixed = await start([{ ...value, cap }], { rules, workspaceId: context.workspaceId })
    const buy = async (amount: number, index: number) => {
      const visitorId = uuidv7()
      const order = (days: number, amountMinor: number) => ({
        ...{ visitorId, siteId: site.id, name: 'order', at: ago(days * dayMs) },
        value: euros(amountMinor),
      })
      await tracker.record(context, [order(4, index), order(1.5, amount), order(0.2, amount)])
      const shown = [experiment, fixed].map(({ id, control, bold }) => [id, index % 3 ? control : bold])
      const device = index % 2 ? 'mobile' : 'desktop'
      await experiment.record({ visitorId, at: ago(2 * dayMs), experiments: Object.fromEntries(shown), device })
    }
    /** What was counted, whatever the ids of the experiment. */
    const counted = async ({ id, metricIds, bold }: typeof experiment) =>
      (await totalsOf(context, id, true))
        .map(({ metricId, variantId, sumOfProducts, ...row }) => ({
          ...row,
          metric: metricId === metricIds[0],
          variant: variantId === bold,
          sumOfProducts,
        }))
        .filter(({ subjects, sum, otherSum }) => subjects !== 0 || sum !== 0 || otherSum !== 0)
        .map((row) => JSON.stringify(row))
        .sort()

    for (const [index, amount] of amounts.entries()) await buy(amount, index)
    expect(await experiment.sums()).toMatchObject({ sum: 2 * 1045 })
    expect(await service.counting.capAtPercentiles(context)).toBe(1)
    expect(await counted(experiment)).toEqual(await counted(fixed))
    // The next events count with it.
    await buy(500, 11)
    expect(await counted(experiment)).toEqual(await counted(fixed))
  })

  test('is worked out in every workspace by the hour, and stays while nothing moves it', async () => {
    const system = kernel.contexts.system('test')
    const run = () => capMetrics.run({}, system as never, service, {} as never)
    await run()
    for (const _ of [1, 2]) {
      const experiment = await start([{ kind: 'count', event: 'order', capPercentile: 0.5 }])
      const visitorId = uuidv7()
      await experiment.see(visitorId, experiment.control)
      await experiment.record({ visitorId, name: 'order' })
    }
    expect(await run()).toEqual({ moved: 2 })
    expect(await run()).toEqual({ moved: 0 })
  })
})

describe('who is left out', () => {
  test('a robot that meets an experiment is noticed, by the day, and in the phase', async () => {
    const experiment = await start([])
    for (const why of ['bot', 'bot', 'forced'] as const) service.noteExcluded(experiment.context, experiment.id, why)
    service.noteExcluded(experiment.context, uuidv7(), 'bot')
    await service.counting.stop()
    expect(await experiment.health()).toEqual({ bot: 2, forced: 1 })
    expect(await experiment.exposures()).toEqual({ control: 0, bold: 0 })
  })
})

test('a batch takes as many statements whether one subject is in it or three hundred', async () => {
  const experiment = await start([{ kind: 'count', event: 'order' }, { kind: 'engagement' }])
  const other = await start([{ kind: 'conversion', event: 'order' }], { workspaceId: experiment.context.workspaceId })
  const statementsFor = async (visitors: readonly string[]) => {
    let statements = 0
    await experiment.context.sqlTransaction((tx) => {
      const query: typeof tx.db.query = (statement) => {
        statements++
        return tx.db.query(statement)
      }
      const shown = { [experiment.id]: experiment.control, [other.id]: other.bold }
      const events = visitors.map((visitorId) => ({
        ...unknownSource,
        ...{
          id: uuidv7(),
          siteId: experiment.site.id,
          pageId: null,
          sessionId: null,
          visitorId,
          name: 'order',
          goal: null,
        },
        ...{
          at: new Date(),
          url: null,
          referrer: null,
          experiments: shown,
          properties: null,
          value: null,
          metrics: null,
        },
      }))
      return service.count({ ...tx, db: { ...tx.db, query } }, events)
    })
    return statements
  }
  const visitors = Array.from({ length: 300 }, () => uuidv7())
  const [one, ...others] = visitors
  await experiment.see(uuidv7(), experiment.control)
  const exposed = await statementsFor([one as string])
  expect(await statementsFor(others)).toBe(exposed)
  const again = await statementsFor([one as string])
  expect(await statementsFor(visitors)).toBe(again)
  expect(exposed).toBeLessThanOrEqual(12)
  expect(await experiment.exposures()).toEqual({ control: 301, bold: 0 })
})

test('an experiment whose metric cannot be read counts nothing, and keeps no event from being logged', async () => {
  const broken = await start([{ kind: 'count', event: 'order' }])
  const { context } = broken
  const sound = await start([{ kind: 'count', event: 'order' }], { workspaceId: context.workspaceId })
  await context.db.query({
    // A ratio of nothing: what no input can make.
    text: `update "ExperimentMetric" set "kind" = 'ratio' where "id" = $1`,
    values: [broken.metricIds[0]],
  })
  const visitorId = uuidv7()
  await sound.see(visitorId, sound.bold)
  await broken.see(visitorId, broken.bold)
  expect(await sound.record({ visitorId, name: 'order' })).toEqual(['recorded'])
  expect(await sound.sums()).toMatchObject({ sum: 1 })
  expect(await broken.exposures()).toEqual({ control: 0, bold: 0 })
})
