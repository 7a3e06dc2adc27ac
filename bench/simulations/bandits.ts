import {
  betaPosterior,
  type Estimate,
  proportionEstimate,
  thompsonWeights,
  weighByPeriod,
} from '@espalier/experiments/statistics'
import type { Chance } from './chance.ts'
import { pool } from './pool.ts'
import { count, type Simulation } from './table.ts'

const rates = [0.05, 0.055, 0.06, 0.08]
const best = Math.max(...rates)
const onlyBest = rates.map((rate) => (rate === best ? 1 : 0))
const batches = 112
const batch = 500

interface Policy {
  readonly name: string
  /** Of the first batch; equal unless told. */
  readonly start?: readonly number[]
  /** Weights for the next batch, by what came of each batch so far. */
  readonly weigh: (periods: readonly (readonly Estimate[])[], previous: readonly number[]) => readonly number[]
}

const pooled = (periods: readonly (readonly Estimate[])[]) =>
  rates.map((_, arm) => betaPosterior(pool(periods.map((period) => period[arm] as Estimate))))

const policies: Policy[] = [
  { name: 'uniform', weigh: () => rates.map(() => 1 / rates.length) },
  { name: 'Thompson, floor 1 %', weigh: (periods) => thompsonWeights(pooled(periods), { floors: 0.01 }) },
  { name: 'Thompson, floor 5 %', weigh: (periods) => thompsonWeights(pooled(periods), { floors: 0.05 }) },
  {
    name: 'Thompson, floor 5 %, step 10 points',
    weigh: (periods, previous) => thompsonWeights(pooled(periods), { floors: 0.05, maxStep: 0.1, previous }),
  },
  {
    name: 'Thompson, floor 5 %, weighed by period',
    weigh: (periods) =>
      thompsonWeights(
        weighByPeriod(periods).map((estimate) => betaPosterior(estimate)),
        { floors: 0.05 },
      ),
  },
  { name: 'oracle', start: onlyBest, weigh: () => onlyBest },
]

/** Four variants over four weeks, new weights every six hours: how many conversions are lost against always showing the best? */
export const bandits: Simulation = (chance, scale) => {
  const runs = Math.max(1, Math.round(20 * scale))
  const rows = [false, true].flatMap((moving) =>
    policies.map((policy) => {
      const regrets: number[] = []
      let onBest = 0
      for (let run = 0; run < runs; run++) {
        const { regret, shareOfBest } = play(policy, chance, moving)
        regrets.push(regret)
        onBest += shareOfBest / runs
      }
      const mean = regrets.reduce((sum, regret) => sum + regret, 0) / runs
      const error = Math.sqrt(
        regrets.reduce((sum, regret) => sum + (regret - mean) ** 2, 0) / Math.max(1, runs - 1) / runs,
      )
      return [
        policy.name,
        moving ? 'rising' : 'steady',
        `${count(mean)} ± ${count(2 * error)}`,
        `${(100 * onBest).toFixed(1)} %`,
      ]
    }),
  )
  return {
    title: `Bandits: 5, 5.5, 6 and 8 %, ${batches} batches of ${batch} visitors, ${runs} runs`,
    columns: ['weights', 'rates', 'conversions lost', 'visitors on the best'],
    rows,
  }
}

function play(policy: Policy, chance: Chance, moving: boolean): { regret: number; shareOfBest: number } {
  const periods: Estimate[][] = []
  let weights = policy.start ?? rates.map(() => 1 / rates.length)
  let regret = 0
  let onBest = 0
  for (let index = 0; index < batches; index++) {
    // A season: whatever the variant, more buy each day, from 0.4 to 1.6 times the rates.
    const mood = moving ? 0.4 + (1.2 * index) / (batches - 1) : 1
    const subjects = split(chance, weights)
    periods.push(
      rates.map((rate, arm) => {
        const visitors = subjects[arm] as number
        regret += visitors * (best - rate) * mood
        if (rate === best) onBest += visitors / (batches * batch)
        return proportionEstimate({ subjects: visitors, sum: chance.binomial(visitors, rate * mood) })
      }),
    )
    weights = policy.weigh(periods, weights)
  }
  return { regret, shareOfBest: onBest }
}

/** A batch by the weights: what is left goes on to the next arm. */
function split(chance: Chance, weights: readonly number[]): number[] {
  let [visitors, weight] = [batch, 1]
  return weights.map((own) => {
    const taken = weight <= own ? visitors : chance.binomial(visitors, own / weight)
    visitors -= taken
    weight -= own
    return taken
  })
}
