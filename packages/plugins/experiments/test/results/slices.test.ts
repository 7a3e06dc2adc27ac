import { expect, test } from 'vitest'
import { slicesOf } from '../../src/results/slices.ts'
import { compareProportions } from '../../src/statistics/proportions.ts'
import { did, experimentWith, exposed, halves, metric, rules } from './totals.ts'

const weights = new Map([[1, halves('a', 'b')]])
const experiment = experimentWith(['a', 'b'])
const slice = (value: string, [a, b]: [number, number], [ofA, ofB]: [number, number]) => [
  exposed('a', a, { value }),
  exposed('b', b, { value }),
  did('conversion', 'a', ofA, { value }),
  did('conversion', 'b', ofB, { value }),
]
const read = (totals: ReturnType<typeof slice>) =>
  slicesOf(experiment, metric('conversion'), { dimension: 'device', totals, weights }, rules)

test('the largest first, what is unknown among them, each with its rates', () => {
  const { slices } = read([...slice('', [10, 10], [1, 1]), ...slice('mobile', [100, 100], [10, 30])])
  expect(slices.map(({ value, subjects }) => [value, subjects])).toEqual([
    ['mobile', 200],
    [null, 20],
  ])
  expect(slices[0]?.variants.map(({ mean }) => mean)).toEqual([0.1, 0.3])
})

test('shares that are off in one slice alarm there, though the whole is in balance', () => {
  const { slices } = read([...slice('mobile', [600, 400], [0, 0]), ...slice('desktop', [400, 600], [0, 0])])
  expect(slices.map(({ sampleRatio }) => sampleRatio?.alarm)).toEqual([true, true])
})

test('looking through many slices is corrected for: the same difference counts for less among others', () => {
  const one = slice('s0', [2000, 2000], [200, 300])
  const others = Array.from({ length: 40 }, (_, index) => slice(`t${index}`, [2000, 2000], [200, 200])).flat()
  const pValueOf = (totals: ReturnType<typeof slice>) =>
    read(totals).slices.find(({ value }) => value === 's0')?.variants[1]?.comparison?.sequential
      .adjustedPValue as number
  expect(pValueOf([...one, ...others])).toBeCloseTo(pValueOf(one) * 41, 9)
  expect(
    compareProportions({ exposures: 2000, conversions: 200 }, { exposures: 2000, conversions: 300 }).significant,
  ).toBe(true)
})

test('at most fifty are shown, and how many more there are is said', () => {
  const { slices, omitted } = read(
    Array.from({ length: 60 }, (_, index) => slice(`c${index}`, [10 + index, 10], [0, 0])).flat(),
  )
  expect([slices.length, omitted, slices[0]?.value]).toEqual([50, 10, 'c59'])
})
