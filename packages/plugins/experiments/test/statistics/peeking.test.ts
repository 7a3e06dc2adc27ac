import { seededRandom } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { alwaysValid, compareEstimates, proportionEstimate } from '../../src/statistics/index.ts'
import { pair } from './values.ts'

const looks = 30
const visitorsPerLook = 200
const experiments = 300

describe('two equal variants, looked at daily for a month and stopped at the first significant day', () => {
  // `npm run bench -- simulations` draws 2,000 of them: 28.6 % and 1.7 %.
  const random = seededRandom(20_261_121)
  const converted = (visitors: number) => Array.from({ length: visitors }).filter(() => random.next() < 0.05).length
  const called = Array.from({ length: experiments }, () => {
    let [control, treatment] = [0, 0]
    const results = { once: false, always: false }
    for (let look = 1; look <= looks; look++) {
      const subjects = look * visitorsPerLook
      control += converted(visitorsPerLook)
      treatment += converted(visitorsPerLook)
      const arms = [control, treatment].map((sum) => proportionEstimate({ subjects, sum }))
      results.once ||= compareEstimates(...pair(arms)).significant
      results.always ||= (alwaysValid(...pair(arms)).pValue ?? 1) < 0.05
    }
    return results
  })
  const share = (test: 'once' | 'always') => called.filter((result) => result[test]).length / experiments

  test('are called different five times too often by the test for one look', () => {
    expect(share('once')).toBeGreaterThan(0.2)
  })

  test('are called different no more often than the level says by the always-valid test', () => {
    expect(share('always')).toBeLessThanOrEqual(0.05)
  })
})
