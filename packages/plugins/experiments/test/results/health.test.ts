import { describe, expect, test } from 'vitest'
import { type HealthCounted, healthOf } from '../../src/results/health.ts'
import { exposuresId } from '../../src/results/totals.ts'
import { experimentWith, exposed } from './totals.ts'

const weights = new Map([[1, { a: 0.5, b: 0.5 }]])
const recorded = (predictedId: string, recordedId: string, subjects: number, phase = 1) => ({
  phase,
  predictedId,
  recordedId,
  subjects,
})
const read = (counted: Partial<HealthCounted>) =>
  healthOf(experimentWith(['a', 'b']), { totals: [], weights, recorded: [], counts: new Map(), slices: [], ...counted })

describe('a mismatch of the sample ratio names its cause', () => {
  test('captured: a variant loses visitors before they are counted', () => {
    const { sampleRatio, causes } = read({
      totals: [exposed('a', 1000), exposed('b', 800)],
      recorded: [recorded('a', 'a', 1000), recorded('b', 'b', 800)],
    })
    expect(sampleRatio).toMatchObject({ alarm: true, expected: [900, 900] })
    expect(causes).toMatchObject([
      { variant: { id: 'a' }, expected: 900, predicted: 1000, recorded: 1000, captured: 100, moved: 0 },
      { variant: { id: 'b' }, expected: 900, predicted: 800, recorded: 800, captured: -100, moved: 0 },
    ])
  })

  test('moved: visitors are recorded with another variant than the hash gives them', () => {
    const { causes } = read({
      recorded: [recorded('a', 'a', 900), recorded('b', 'b', 750), recorded('b', 'a', 150)],
    })
    expect(causes).toMatchObject([
      { captured: 0, moved: 150 },
      { captured: 0, moved: -150 },
    ])
  })

  test('moved: or that it leaves out', () => {
    const health = read({
      recorded: [recorded('a', 'a', 900), recorded('b', 'b', 900), recorded(exposuresId, 'b', 100)],
    })
    expect(health.unexpected).toBe(100)
    expect(health.causes).toMatchObject([
      { expected: 950, captured: -50, moved: 0 },
      { expected: 950, captured: -50, moved: 100 },
    ])
  })

  test('each phase by its own weights', () => {
    const { causes } = read({
      weights: new Map([
        [1, { a: 0.5, b: 0.5 }],
        [2, { a: 0.1, b: 0.9 }],
      ]),
      recorded: [
        recorded('a', 'a', 500),
        recorded('b', 'b', 500),
        recorded('a', 'a', 100, 2),
        recorded('b', 'b', 900, 2),
      ],
    })
    expect(causes).toMatchObject([
      { expected: 600, captured: 0, moved: 0 },
      { expected: 1400, captured: 0, moved: 0 },
    ])
  })
})

test('slices that are off are listed, the surest first, and those in balance are not', () => {
  const slice = (value: string, a: number, b: number) => [exposed('a', a, { value }), exposed('b', b, { value })]
  const { imbalances } = read({
    slices: [
      { dimension: 'device', totals: [...slice('mobile', 700, 500), ...slice('desktop', 500, 510)] },
      { dimension: 'country', totals: [...slice('FR', 900, 500), ...slice('', 5, 0)] },
    ],
  })
  expect(imbalances.map(({ dimension, value, subjects }) => [dimension, value, subjects])).toEqual([
    ['country', 'FR', 1400],
    ['device', 'mobile', 1200],
  ])
})

test('what was noticed beside the counts', () => {
  expect(read({ counts: new Map([['bot', 7]]) })).toMatchObject({ bots: 7, late: 0, crossovers: 0, forced: 0 })
})
