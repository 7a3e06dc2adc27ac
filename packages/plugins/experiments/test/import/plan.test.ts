import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { planGrowthBook } from '../../src/import/growthbook/planGrowthBook.ts'
import { FreeKeys } from '../../src/import/keys.ts'
import { factMetric, factTables, restExperiment, restFeature, restMetric } from './growthbookFile.ts'

const options = { environment: 'production', goal: 'signup' }
const plan = (file: unknown) => planGrowthBook(file, options)
const notes = (item: { notes: readonly { en: string }[] } | undefined) => item?.notes.map(({ en }) => en).join(' ')

describe('metrics', () => {
  test.each([
    [restMetric('m', 'binomial'), { kind: 'conversion', event: 'metric-m', higherIsBetter: true }],
    [
      restMetric('m', 'count', { sqlBuilder: { tableName: 'shop.orders', valueColumnName: '', conditions: [] } }),
      { kind: 'count', event: 'orders' },
    ],
    [
      restMetric('m', 'revenue', {
        sql: { conversionSQL: "select * from e where event = 'paid'", userAggregationSQL: 'SUM(value)' },
      }),
      { kind: 'value', event: 'paid', property: 'amount' },
    ],
    [
      restMetric('m', 'duration', { behavior: { goal: 'decrease' } }),
      { kind: 'value', property: 'duration', higherIsBetter: false },
    ],
    [
      restMetric('m', 'count', {
        behavior: {
          goal: 'increase',
          cappingSettings: { type: 'percentile', value: 0.99 },
          windowSettings: { type: 'conversion', windowValue: 3, windowUnit: 'days', delayValue: 0, delayUnit: 'hours' },
        },
      }),
      { kind: 'count', capPercentile: 0.99, windowHours: 72 },
    ],
    [
      restMetric('m', 'binomial', {
        mixpanel: {
          eventName: 'Bought',
          eventValue: '',
          conditions: [{ property: 'plan', operator: '=', value: '2' }],
        },
      }),
      { kind: 'conversion', event: 'Bought', filter: { 'properties.plan': { $in: ['2', 2] } } },
    ],
  ])('of a warehouse: %#', (metric, input) => {
    expect(plan({ metrics: [metric] })).toMatchObject([{ outcome: 'planned', plan: { makes: 'metric', input } }])
  })

  test.each([
    [factMetric('f', 'proportion', {}), { kind: 'conversion', event: 'purchase' }],
    [factMetric('f', 'mean', { factTableId: 'ftb_visits' }), { kind: 'count', event: 'visit' }],
    [
      factMetric(
        'f',
        'mean',
        { column: 'amount', aggregation: 'sum', rowFilters: [{ operator: '>', column: 'items', values: ['3'] }] },
        { inverse: true },
      ),
      { kind: 'value', property: 'amount', filter: { 'properties.items': { $gt: 3 } }, higherIsBetter: false },
    ],
    [
      factMetric(
        'f',
        'retention',
        {},
        {
          windowSettings: { type: 'conversion', delayValue: 7, delayUnit: 'days', windowValue: 1, windowUnit: 'weeks' },
        },
      ),
      { kind: 'retention', retentionFrom: 7, retentionTo: 14 },
    ],
  ])('of facts: %#', (metric, input) => {
    expect(plan([{ factMetrics: [metric] }, { factTables }])).toMatchObject([{ plan: { input } }])
  })

  test.each([
    [factMetric('f', 'quantile', { column: 'ms' }), /quantile/],
    [factMetric('f', 'mean', { column: 'ms', aggregation: 'max' }), /adds up by "max"/],
    [
      factMetric('f', 'mean', { rowFilters: [{ operator: 'sql_expr', values: ['a = b'] }] }),
      /leaves rows out by "sql_expr a = b"/,
    ],
    [factMetric('f', 'mean', { filters: ['flt_1'] }), /leaves rows out by "flt_1"/],
    [factMetric('f', 'dailyParticipation', {}), /"dailyParticipation"/],
  ])('that would mean something else are refused: %#', (metric, why) => {
    const [item] = plan([{ factMetrics: [metric] }, { factTables }])
    expect(item?.outcome).toBe('impossible')
    expect(notes(item)).toMatch(why)
  })

  test('a ratio comes after its parts, wherever it stood; without a part it is refused', () => {
    const ratio = restMetric('ratio', 'revenue', {
      sql: { conversionSQL: '', userAggregationSQL: '', denominatorMetricId: 'orders' },
    })
    const whole = plan({ metrics: [ratio, restMetric('orders', 'count')] })
    expect(whole.map(({ sourceId }) => sourceId)).toEqual(['ratio#numerator', 'orders', 'ratio'])
    expect(whole[2]?.plan).toMatchObject({ parts: { numerator: 'ratio#numerator', denominator: 'orders' } })
    expect(notes(plan({ metrics: [ratio] })[1])).toMatch(/part "orders" could not be carried over/)
  })
})

describe('flags', () => {
  const force = (value: string, condition = '', more = {}) => ({
    type: 'force',
    id: 'r',
    enabled: true,
    description: '',
    value,
    condition,
    ...more,
  })

  test.each([
    [restFeature('f', []), /It is false for everybody/],
    [restFeature('f', [force('true', '{"a": 1}'), force('true', '{"b": 1}')]), /asks 2 rules/],
    [restFeature('f', [force('true')], { archived: true }), /archived there/],
    [restFeature('f', [{ ...force('true'), type: 'safe-rollout' }]), /"safe-rollout"/],
    [
      restFeature('f', [{ type: 'experiment-ref', id: 'r', enabled: true, experimentId: 'gone', variations: [] }]),
      /experiment "gone", which is not in the file/,
    ],
    [
      restFeature('f', [force('true')], { environments: { dev: { enabled: true, rules: [] } } }),
      /no environment "production"; it has dev/,
    ],
    [
      restFeature('f', [force('true')], { environments: { production: { enabled: false, rules: [] } } }),
      /switched off/,
    ],
  ])('that cannot be carried over say why: %#', (feature, why) => {
    const [item] = plan({ features: [feature] })
    expect(item).toMatchObject({ kind: 'feature', outcome: 'impossible', plan: null })
    expect(notes(item)).toMatch(why)
  })

  test('rules that are switched off do not count, and values have the type of the flag', () => {
    const more = {
      valueType: 'json',
      environments: {
        production: {
          enabled: true,
          defaultValue: '{"a":1}',
          rules: [force('{"a":2}', '', { enabled: false }), force('{"a":3}')],
        },
      },
    }
    const [item] = plan({ features: [restFeature('shape', [], more)] })
    expect(item?.plan).toMatchObject({ input: { variants: [{ value: { a: 1 } }, { key: 'on', value: { a: 3 } }] } })
  })
})

describe('keys', () => {
  test('are made of any name, and two that come to the same stay apart', () => {
    const names = ['checkoutButton', 'checkout_button', 'Été 2026', '日本語', 'x'.repeat(90)]
    const experiments = names.map((trackingKey, index) => restExperiment(`exp${index}`, { trackingKey }))
    const keys = plan({ experiments }).map(({ key }) => key)
    expect(keys).toEqual(['checkout-button', 'checkout-button-2', 'ete-2026', 'exp3', 'x'.repeat(60)])
  })
})

test('five thousand experiments are planned within seconds', () => {
  const experiments = Array.from({ length: 5_000 }, (_, index) =>
    restExperiment(`exp-${index}`, {}, { coverage: 0.37 }),
  )
  const items = plan({ experiments })
  expect(items.filter(({ outcome, keepsAssignment }) => outcome === 'planned' && keepsAssignment).length).toBe(5_000)
})

describe('shares that are none', () => {
  const huge = 9_007_199_254_740_624
  const variations = [0, 1]
  const inline = (rule: object) => ({ features: { a: { defaultValue: 0, rules: [{ variations, ...rule }] } } })
  const range = (from: number, to: number) =>
    inline({
      ranges: [
        [0, 0.5],
        [from, to],
      ],
    })
  const phase = (more: Record<string, unknown>) => ({ experiments: [restExperiment('e', {}, more)] })
  const rest = (rule: object) => ({ features: [restFeature('f', [{ id: 'r', enabled: true, ...rule }])] })
  const weights = (...list: number[]) => list.map((weight, index) => ({ value: String(index), weight }))

  test.each([
    [range(0.5, huge), /rules\.0\.ranges\.1\.1: is above 1/],
    [range(-1, 0.5), /rules\.0\.ranges\.1\.0: is below 0/],
    [inline({ weights: [huge, -huge, 1], variations: [0, 1, 2] }), /weights\.0: is above 1.*weights\.1: is below 0/],
    [inline({ weights: [1.5, -0.5] }), /weights\.1: is below 0/],
    [inline({ coverage: -1 }), /rules\.0\.coverage: is below 0/],
    [phase({ coverage: huge }), /phases\.0\.coverage: is above 1/],
    [phase({ trafficSplit: [{ variationId: 'v0', weight: -1 }] }), /trafficSplit\.0\.weight: is below 0/],
    [rest({ type: 'rollout', value: 'true', coverage: 2 }), /coverage: is above 1/],
    [rest({ type: 'experiment', value: weights(huge, -huge) }), /value/],
  ])('are said, and nothing else is refused for them: %#', (file, why) => {
    const [item, other] = quickly(() => plan([file, { metrics: [restMetric('m', 'binomial')] }]).reverse())
    expect(item).toMatchObject({ outcome: 'impossible', plan: null })
    expect(notes(item)).toMatch(why)
    expect(other).toMatchObject({ outcome: 'planned' })
  })

  test('but those that miss 1 by their rounding are fine', () => {
    const [item] = plan(range(0.5, 0.1 + 0.7 + 0.2000000000000001))
    expect(item).toMatchObject({ outcome: 'planned', keepsAssignment: true })
  })
})

describe('files that are made to take long are planned at once', () => {
  const many = <Item>(count: number, of: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => of(index))

  test.each([
    ['variants of a flag', { variations: many(20_000, Number) }, /^It has 20000 variants, .* at most 20/],
    ['ranges of a flag', { variations: [0, 1], ranges: many(20_000, () => [0.2, 0.4]) }, /^It has 20000 ranges for 2/],
  ])('%s', (_what, rule, why) => {
    const [item] = quickly(() => plan({ features: { a: { defaultValue: 0, rules: [rule] } } }))
    expect(item).toMatchObject({ outcome: 'impossible' })
    expect(notes(item)).toMatch(why)
  })

  test('variants of an experiment on which many flags hang', () => {
    const experiment = restExperiment('e', {
      variations: many(2_000, (nth) => ({ variationId: `v${nth}`, name: 'V' })),
    })
    const [item] = quickly(() => plan({ experiments: [experiment], features: flagsOf('e', 2_000) }))
    expect(notes(item)).toMatch(/^It has 2000 variants/)
  })

  test('flags that hang on one experiment', () => {
    const [item] = quickly(() => plan({ experiments: [restExperiment('e')], features: flagsOf('e', 15_000) }))
    expect(item).toMatchObject({ outcome: 'planned' })
  })

  test('metrics of an experiment', () => {
    const goals = many(150_000, (nth) => ({ metricId: `m${nth % 149_999}` }))
    const [item] = quickly(() => plan({ experiments: [restExperiment('e', { settings: { goals } })] }))
    expect(item?.notes.filter(({ en }) => en.includes('could not be carried over, so'))).toHaveLength(149_999)
  })

  test('names that come to the same', () => {
    const keys = new FreeKeys()
    keys.take('same-3', '')
    const taken = quickly(() => many(50_000, () => keys.take('Same', '')))
    expect(taken.slice(0, 4)).toEqual(['same', 'same-2', 'same-4', 'same-5'])
    expect(new Set(taken).size).toBe(50_000)
  })

  function flagsOf(experiment: string, count: number) {
    const variations = [{ variationId: 'v0', value: 'true' }]
    const rule = { type: 'experiment-ref', id: 'r', enabled: true, experimentId: experiment, variations }
    return many(count, (nth) => restFeature(`flag-${nth}`, [rule]))
  }
})

/** What a function gives; an error where it takes too long, also where it would never end. */
function quickly<Result>(work: () => Result): Result {
  return runInNewContext('work()', { work }, { timeout: 60_000 }) as Result
}
