import {
  alwaysValid,
  compareEstimates,
  compareProportions,
  meanEstimate,
  type PlannedMetric,
  type ProportionFormula,
  proportionEstimate,
  subjectsPerArm,
} from '@espalier/experiments/statistics'
import type { Chance } from './chance.ts'
import { drawRevenue, revenuePerVisitor, shop } from './shop.ts'
import { count, type Simulation, share } from './table.ts'

const tuning = 20_000

interface Plan {
  readonly name: string
  readonly subjects: number
  /** Draws an experiment with the planned effect. @returns whether the planned test finds it */
  readonly finds: (chance: Chance, subjects: number) => boolean
}

/** Experiments as large as planned for a power of 80 %: how many find the effect they were planned for? */
export const powerKept: Simulation = (chance, scale) => {
  const experiments = Math.round(2_000 * scale)
  const rows = plans().map(({ name, subjects, finds }) => {
    let found = 0
    for (let experiment = 0; experiment < experiments; experiment++) if (finds(chance, subjects)) found += 1
    return [name, count(subjects), share(found, experiments)]
  })
  return {
    title: `Power: ${count(experiments)} experiments of the size that is planned for 80 %`,
    columns: ['effect and test', 'visitors for each arm', 'found'],
    rows,
  }
}

function plans(): Plan[] {
  const planned = (metric: PlannedMetric, effect: number, sequentialTuning?: number) =>
    subjectsPerArm(metric, effect, 0.8, sequentialTuning === undefined ? {} : { sequentialTuning }) as number
  const revenue = revenuePerVisitor(shop)
  // E x² of revenue is rate · exp(2 mean + 2 deviation²).
  const deviation = Math.sqrt(shop.rate * Math.exp(2 * shop.logMean + 2 * shop.logDeviation ** 2) - revenue ** 2)
  const richer = { ...shop, rate: shop.rate * 1.2 }
  const byFormula = (formula: ProportionFormula): Plan => ({
    name: `5 % to 6 %, z-test, ${formula}`,
    subjects: planned({ kind: 'proportion', baseline: 0.05, formula }, 0.01),
    finds: (chance, exposures) => {
      const control = { exposures, conversions: chance.binomial(exposures, 0.05) }
      return compareProportions(control, { exposures, conversions: chance.binomial(exposures, 0.06) }).significant
    },
  })
  const always = planned({ kind: 'proportion', baseline: 0.05 }, 0.01, tuning)
  return [
    ...(['pooled', 'baseline', 'unpooled'] as const).map(byFormula),
    {
      name: 'revenue 20 % up, Welch',
      subjects: planned({ kind: 'mean', deviation }, 0.2 * revenue),
      finds: (chance, subjects) => {
        const control = meanEstimate(drawRevenue(chance, subjects, shop))
        return compareEstimates(control, meanEstimate(drawRevenue(chance, subjects, richer))).significant
      },
    },
    { name: '5 % to 6 %, always valid, at its last look', subjects: always, finds: foundIn(1) },
    { name: 'the same, at any of 20 looks', subjects: always, finds: foundIn(20) },
  ]
}

/** The always-valid test of 5 % and 6 % after every part of the visitors. */
function foundIn(looks: number): Plan['finds'] {
  return (chance, all) => {
    let [subjects, control, treatment] = [0, 0, 0]
    for (let look = 1; look <= looks; look++) {
      const more = Math.floor((look * all) / looks) - subjects
      subjects += more
      control += chance.binomial(more, 0.05)
      treatment += chance.binomial(more, 0.06)
      const arm = (sum: number) => proportionEstimate({ subjects, sum })
      const { pValue } = alwaysValid(arm(control), arm(treatment), { tuning })
      if (pValue !== null && pValue < 0.05) return true
    }
    return false
  }
}
