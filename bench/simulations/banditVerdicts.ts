import {
  alwaysValid,
  betaPosterior,
  type Estimate,
  proportionEstimate,
  thompsonWeights,
  weighByPeriod,
} from '@espalier/experiments/statistics'
import type { Chance } from './chance.ts'
import { pool } from './pool.ts'
import { count, type Simulation, share } from './table.ts'

const batches = 28
const batch = 2_000
const floors = 0.05

/** Two equal arms whose weights a bandit moves while the rates of both rise: how often is one called better at any look? */
export const banditVerdicts: Simulation = (chance, scale) => {
  const runs = Math.max(1, Math.round(500 * scale))
  const called = { pooled: 0, weighed: 0 }
  for (let run = 0; run < runs; run++) {
    const verdicts = play(chance)
    if (verdicts.pooled) called.pooled += 1
    if (verdicts.weighed) called.weighed += 1
  }
  return {
    title: `Verdicts beside a bandit: two equal arms, rates of both rising from 2 to 8 %, ${batches} batches of ${count(batch)}, always-valid test at 5 % after each, ${runs} runs`,
    columns: ['estimates', 'called different'],
    rows: [
      ['pooled', share(called.pooled, runs)],
      ['weighed by period', share(called.weighed, runs)],
    ],
  }
}

function play(chance: Chance): { pooled: boolean; weighed: boolean } {
  const periods: Estimate[][] = []
  const verdicts = { pooled: false, weighed: false }
  let weights: readonly number[] = [0.5, 0.5]
  for (let index = 0; index < batches; index++) {
    const rate = 0.02 + (0.06 * index) / (batches - 1)
    const first = chance.binomial(batch, weights[0] as number)
    periods.push(
      [first, batch - first].map((subjects) => proportionEstimate({ subjects, sum: chance.binomial(subjects, rate) })),
    )
    const weighed = weighByPeriod(periods)
    verdicts.pooled ||= different([0, 1].map((arm) => pool(periods.map((period) => period[arm] as Estimate))))
    verdicts.weighed ||= different(weighed)
    weights = thompsonWeights(
      weighed.map((estimate) => betaPosterior(estimate)),
      { floors },
    )
  }
  return verdicts
}

function different(arms: readonly Estimate[]): boolean {
  const { pValue } = alwaysValid(arms[0] as Estimate, arms[1] as Estimate, { tuning: batches * batch })
  return pValue !== null && pValue < 0.05
}
