import {
  alwaysValid,
  benjaminiHochberg,
  compareEstimates,
  compareProportions,
  holm,
  meanEstimate,
  proportionEstimate,
} from '@espalier/experiments/statistics'
import { drawRevenue, nobody, plus, shop } from './shop.ts'
import { count, type Simulation, share } from './table.ts'

const shownLooks = [1, 5, 10, 20, 30, 60]
const batch = 200
const rate = 0.05
const level = 0.05

/** Two equal arms, looked at after every batch: how many have been called different so far? */
export const falsePositives: Simulation = (chance, scale) => {
  const experiments = Math.round(2_000 * scale)
  const looks = shownLooks.at(-1) as number
  const tests = ['z-test', 'always valid, rates', 'Welch', 'always valid, revenue'] as const
  // For each test, how many experiments were called different at a look for the first time.
  const first = tests.map(() => Array<number>(looks).fill(0))
  for (let experiment = 0; experiment < experiments; experiment++) {
    const called = tests.map(() => false)
    let [buyers, others] = [0, 0]
    let [left, right] = [nobody, nobody]
    for (let look = 0; look < looks; look++) {
      const exposures = (look + 1) * batch
      buyers += chance.binomial(batch, rate)
      others += chance.binomial(batch, rate)
      left = plus(left, drawRevenue(chance, batch, shop))
      right = plus(right, drawRevenue(chance, batch, shop))
      const arm = (sum: number) => proportionEstimate({ subjects: exposures, sum })
      const rates = [arm(buyers), arm(others)] as const
      const revenues = [meanEstimate(left), meanEstimate(right)] as const
      const pValues = [
        compareProportions({ exposures, conversions: buyers }, { exposures, conversions: others }).pValue,
        alwaysValid(...rates).pValue,
        compareEstimates(...revenues).pValue,
        alwaysValid(...revenues).pValue,
      ]
      for (const [test, pValue] of pValues.entries()) {
        if (called[test] || pValue === null || pValue >= level) continue
        called[test] = true
        const counts = first[test] as number[]
        counts[look] = (counts[look] as number) + 1
      }
    }
  }
  const until = (test: number, look: number) =>
    (first[test] as number[]).slice(0, look).reduce((sum, hits) => sum + hits, 0)
  return {
    title: `False positives: ${count(experiments)} A/A experiments, ${batch} visitors for each arm at each look, ${100 * rate} % buy; called different at any look so far, at a level of ${100 * level} %`,
    columns: ['looks', ...tests],
    rows: shownLooks.map((look) => [String(look), ...tests.map((_, test) => share(until(test, look), experiments))]),
  }
}

/** Five equal treatments beside a control, one look: how often is any called different? */
export const manyTreatments: Simulation = (chance, scale) => {
  const experiments = Math.round(4_000 * scale)
  const exposures = 4_000
  const ways = {
    'as they are': (pValues: (number | null)[]) => pValues,
    Holm: holm,
    'Benjamini and Hochberg': benjaminiHochberg,
  }
  const wrong = Object.values(ways).map(() => 0)
  for (let experiment = 0; experiment < experiments; experiment++) {
    const control = { exposures, conversions: chance.binomial(exposures, rate) }
    const pValues = Array.from(
      { length: 5 },
      () => compareProportions(control, { exposures, conversions: chance.binomial(exposures, rate) }).pValue,
    )
    for (const [way, adjust] of Object.values(ways).entries())
      if (adjust(pValues).some((pValue) => pValue !== null && pValue < level)) wrong[way] = (wrong[way] as number) + 1
  }
  return {
    title: `Any of five equal treatments called different, one look, ${count(experiments)} experiments of ${count(6 * exposures)} visitors`,
    columns: ['p-values', 'wrong'],
    rows: Object.keys(ways).map((name, way) => [name, share(wrong[way] as number, experiments)]),
  }
}
