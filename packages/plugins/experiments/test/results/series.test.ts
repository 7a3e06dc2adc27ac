import { expect, test } from 'vitest'
import { seriesOf } from '../../src/results/series.ts'
import { wilsonInterval } from '../../src/statistics/proportions.ts'
import { did, experimentWith, exposed, halves, metric, rules } from './totals.ts'

const on = (day: string, phase = 1) => ({ day, phase })

test('each day shows everything up to its end', () => {
  const totals = [
    exposed('a', 100, on('2026-11-01')),
    exposed('b', 100, on('2026-11-01')),
    did('conversion', 'a', 10, on('2026-11-01')),
    exposed('a', 100, on('2026-11-03')),
    did('conversion', 'b', 20, on('2026-11-03')),
  ]
  const series = seriesOf(
    experimentWith(['a', 'b']),
    metric('conversion'),
    { totals, weights: new Map([[1, halves('a', 'b')]]) },
    rules,
  )
  expect(
    series.map(({ day, variants }) => [day, ...variants.map(({ subjects, sum, mean }) => [subjects, sum, mean])]),
  ).toEqual([
    ['2026-11-01', [100, 10, 0.1], [100, 0, 0]],
    ['2026-11-03', [200, 10, 0.05], [100, 20, 0.2]],
  ])
  expect(series[1]?.variants[1]?.interval).toEqual(wilsonInterval({ exposures: 100, conversions: 20 }))
  expect(series[1]?.variants.map(({ relativeLift }) => relativeLift)).toEqual([null, expect.closeTo(3, 12)])
})

test('and what the day alone added', () => {
  const totals = [
    exposed('a', 100, on('2026-11-01')),
    did('conversion', 'a', 10, on('2026-11-01')),
    did('clicks', 'a', 7, on('2026-11-01')),
    exposed('a', 50, on('2026-11-02')),
    exposed('a', 20, on('2026-11-02', 2)),
    did('conversion', 'a', 4, on('2026-11-02', 2)),
  ]
  const weights = new Map([
    [1, halves('a', 'b')],
    [2, halves('a', 'b')],
  ])
  const series = seriesOf(experimentWith(['a', 'b']), metric('conversion'), { totals, weights }, rules)
  expect(
    series.map(({ variants }) => variants.map(({ subjectsOfDay, sumOfDay }) => [subjectsOfDay, sumOfDay])),
  ).toEqual([
    [
      [100, 10],
      [0, 0],
    ],
    [
      [70, 4],
      [0, 0],
    ],
  ])
})

test('a phase that has not begun weighs nothing, and one that has is weighted, not pooled', () => {
  const totals = [
    exposed('a', 1000, on('2026-11-01')),
    exposed('b', 1000, on('2026-11-01')),
    did('conversion', 'a', 50, on('2026-11-01')),
    did('conversion', 'b', 50, on('2026-11-01')),
    exposed('a', 200, on('2026-11-02', 2)),
    exposed('b', 1800, on('2026-11-02', 2)),
    did('conversion', 'a', 20, on('2026-11-02', 2)),
    did('conversion', 'b', 180, on('2026-11-02', 2)),
  ]
  const weights = new Map([
    [1, { a: 0.5, b: 0.5 }],
    [2, { a: 0.1, b: 0.9 }],
  ])
  const series = seriesOf(experimentWith(['a', 'b']), metric('conversion'), { totals, weights }, rules)
  expect(series.map(({ variants }) => variants.map(({ mean }) => mean))).toEqual([
    [0.05, 0.05],
    [expect.closeTo(0.075, 12), expect.closeTo(0.075, 12)],
  ])
})

test('nothing happened: no point', () => {
  expect(seriesOf(experimentWith(['a', 'b']), metric('conversion'), { totals: [], weights: new Map() }, rules)).toEqual(
    [],
  )
})
