import { seededRandom } from '@espalier/core'
import { expect, test } from 'vitest'
import { evidenceOf } from '../../src/decisions/evidence.ts'
import { judge, type VerdictState } from '../../src/decisions/verdict.ts'
import type { EarlierLook } from '../../src/results/comparison.ts'
import { resultsOf } from '../../src/results/resultsOf.ts'
import { did, experimentWith, exposed, metric } from '../results/totals.ts'

const experiment = experimentWith(['control', 'bold'], [metric('conversion')])
const weights = new Map([[1, { control: 0.5, bold: 0.5 }]])
const dayMs = 86_400_000
const perDay = 300

/** Subjects come day by day, and each day somebody looks: where that ends. */
function life(
  random: () => number,
  rates: { control: number; bold: number },
  plannedSubjects: number | null,
): VerdictState {
  const rules = {
    ...{ confidence: 0.95, minExposures: 1_000, minClicks: 100, minConversions: 30, minDays: 4, maxDays: 20 },
    ...{ maxExpectedLoss: null, correction: 'holm' as const, cupedDays: 0, plannedSubjects },
  }
  const looks = new Map<string, EarlierLook>()
  const conversions = { control: 0, bold: 0 }
  for (let day = 1; ; day++) {
    for (const key of ['control', 'bold'] as const)
      for (let subject = 0; subject < perDay; subject++) if (random() < rates[key]) conversions[key]++
    const totals = (['control', 'bold'] as const).flatMap((key) => [
      exposed(key, day * perDay),
      did('conversion', key, conversions[key]),
    ])
    const results = resultsOf(experiment, { totals, weights, looks }, rules)
    const sequential = results.metrics[0]?.variants[1]?.comparison?.sequential
    if (sequential && sequential.pValue !== null) {
      const { pValue, interval } = sequential
      looks.set('conversion bold', { pValue, lower: interval?.lower ?? null, upper: interval?.upper ?? null })
    }
    const span = { startedAt: new Date(0), endedAt: null, reason: 'started' }
    const { state } = judge(evidenceOf(experiment, results, [span], new Date(day * dayMs)), rules)
    if (state !== 'collecting') return state
  }
}

// Of 200 without an effect, 10 are the level of 5 %. A test of one look has just that level, so chance may make more of
// it, but more than 20 once in a thousand seeds; a test of one look that is taken every day makes about 50.
test.each([
  ['without a plan, by always-valid tests', null, 10],
  ['with a planned size, by one look', 4_500, 20],
])(
  'looked at daily %s, few experiments without an effect get a winner or a loser, and a real effect is found',
  (_how, plan, most) => {
    const random = seededRandom(20_261_121)
    const ends = (rates: { control: number; bold: number }, runs: number) =>
      Array.from({ length: runs }, () => life(() => random.next(), rates, plan))
    const decided = ends({ control: 0.1, bold: 0.1 }, 200).filter((state) => state !== 'inconclusive')
    expect(decided.length).toBeLessThanOrEqual(most)
    const found = ends({ control: 0.1, bold: 0.13 }, 40).filter((state) => state === 'winner')
    expect(found.length).toBeGreaterThan(30)
  },
)
