import { expect, test } from 'vitest'
import { meanInterval } from '../../src/statistics/meanInterval.ts'
import { meanEstimate } from '../../src/statistics/moments.ts'

/** R's data set `sleep`: hours of additional sleep (Student 1908). */
const extra = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
const moments = (values: readonly number[]) => ({
  subjects: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  sumOfSquares: values.reduce((sum, value) => sum + value ** 2, 0),
})

test('R, t.test(sleep$extra): from 0.5955845 to 2.4844155', () => {
  const interval = meanInterval(meanEstimate(moments(extra)))
  expect(interval?.lower).toBeCloseTo(0.5955845, 6)
  expect(interval?.upper).toBeCloseTo(2.4844155, 6)
})

test('nobody, one subject and equal values have no interval', () => {
  for (const values of [[], [3], [2, 2, 2]]) expect(meanInterval(meanEstimate(moments(values)))).toBeNull()
})

test('a confidence outside of 0 to 1 is refused', () => {
  expect(() => meanInterval(meanEstimate(moments(extra)), { confidence: 1 })).toThrow(RangeError)
})
