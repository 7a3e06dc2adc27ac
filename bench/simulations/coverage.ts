import {
  alwaysValid,
  compareEstimates,
  compareProportions,
  cupedEstimates,
  type Estimate,
  type Interval,
  meanEstimate,
  proportionEstimate,
  ratioEstimate,
  weighByPeriod,
  wilsonInterval,
} from '@espalier/experiments/statistics'
import type { Chance } from './chance.ts'
import { drawRevenue, nobody, plus, revenuePerVisitor, shop } from './shop.ts'
import { count, type Simulation, share } from './table.ts'

interface Case {
  readonly interval: string
  readonly of: string
  readonly truth: number
  readonly draw: (chance: Chance) => Interval | null
}

/** Intervals of 95 %: how many hold the truth? */
export const coverage: Simulation = (chance, scale) => {
  const experiments = Math.round(4_000 * scale)
  const rows = cases().map(({ interval, of, truth, draw }) => {
    let held = 0
    for (let experiment = 0; experiment < experiments; experiment++) {
      const range = draw(chance)
      if (range !== null && range.lower <= truth && truth <= range.upper) held += 1
    }
    return [interval, of, share(held, experiments)]
  })
  return {
    title: `Coverage of intervals of 95 %, ${count(experiments)} experiments each`,
    columns: ['interval', 'of', 'holds the truth'],
    rows,
  }
}

function cases(): Case[] {
  return [
    ...ratesOf(200),
    ...ratesOf(4_000),
    ...revenueOf(2_000),
    ...sessionsOf(500),
    ...cuped(500),
    ...moving(),
    ...sequences(),
  ]
}

/** 5 % and 6 %, of few and of many. */
function ratesOf(subjects: number): Case[] {
  const of = `5 % and 6 % of ${count(subjects)}`
  const draw = (chance: Chance) => ({ exposures: subjects, conversions: chance.binomial(subjects, 0.05) })
  const better = (chance: Chance) => ({ exposures: subjects, conversions: chance.binomial(subjects, 0.06) })
  const estimate = ({ exposures, conversions }: ReturnType<typeof draw>) =>
    proportionEstimate({ subjects: exposures, sum: conversions })
  return [
    { interval: 'rate, Wilson', of, truth: 0.05, draw: (chance) => wilsonInterval(draw(chance)) },
    {
      interval: 'difference, Newcombe',
      of,
      truth: 0.01,
      draw: (chance) => compareProportions(draw(chance), better(chance)).differenceInterval,
    },
    {
      interval: 'lift, Donner and Zou',
      of,
      truth: 0.2,
      draw: (chance) => compareProportions(draw(chance), better(chance)).relativeInterval,
    },
    {
      interval: 'lift, delta method',
      of,
      truth: 0.2,
      draw: (chance) => compareEstimates(estimate(draw(chance)), estimate(better(chance))).relativeInterval,
    },
  ]
}

/** Few buy, and more of the others do. */
function revenueOf(subjects: number): Case[] {
  const of = `revenue of ${count(subjects)}, 5 and 6 % buy`
  const compare = (chance: Chance) =>
    compareEstimates(
      meanEstimate(drawRevenue(chance, subjects, shop)),
      meanEstimate(drawRevenue(chance, subjects, { ...shop, rate: 0.06 })),
    )
  const truth = 0.2 * revenuePerVisitor(shop)
  return [
    { interval: 'difference, Welch', of, truth, draw: (chance) => compare(chance).differenceInterval },
    { interval: 'lift, delta method', of, truth: 0.2, draw: (chance) => compare(chance).relativeInterval },
  ]
}

/** Conversions for each session, while visitors were assigned: some come often, some buy often. */
function sessionsOf(subjects: number): Case[] {
  const of = `sessions of ${count(subjects)} visitors`
  const draw = (chance: Chance) => {
    const sums = { subjects, sum: 0, sumOfSquares: 0, denominatorSum: 0, denominatorSumOfSquares: 0, sumOfProducts: 0 }
    for (let subject = 0; subject < subjects; subject++) {
      const sessions = 1 + chance.binomial(9, 0.3)
      const bought = chance.binomial(sessions, chance.uniform() < 0.5 ? 0.05 : 0.35)
      sums.sum += bought
      sums.sumOfSquares += bought ** 2
      sums.denominatorSum += sessions
      sums.denominatorSumOfSquares += sessions ** 2
      sums.sumOfProducts += sessions * bought
    }
    return sums
  }
  const asSubjects = ({ sum, denominatorSum }: ReturnType<typeof draw>) =>
    proportionEstimate({ subjects: denominatorSum, sum })
  return [
    {
      interval: 'difference of ratios, delta method',
      of,
      truth: 0,
      draw: (chance) => compareEstimates(ratioEstimate(draw(chance)), ratioEstimate(draw(chance))).differenceInterval,
    },
    {
      interval: 'the same, as if sessions were assigned',
      of,
      truth: 0,
      draw: (chance) => compareEstimates(asSubjects(draw(chance)), asSubjects(draw(chance))).differenceInterval,
    },
  ]
}

function cuped(subjects: number): Case[] {
  const draw = (chance: Chance, effect: number) => {
    const sums = { subjects, sum: 0, sumOfSquares: 0, preSum: 0, preSumOfSquares: 0, sumOfProducts: 0 }
    for (let subject = 0; subject < subjects; subject++) {
      const pre = 10 + 3 * chance.normal()
      const post = 0.8 * pre + chance.normal() + effect
      sums.sum += post
      sums.sumOfSquares += post ** 2
      sums.preSum += pre
      sums.preSumOfSquares += pre ** 2
      sums.sumOfProducts += pre * post
    }
    return sums
  }
  return [
    {
      interval: 'difference, CUPED',
      of: `spending of ${count(subjects)} that go on as before`,
      truth: 0.2,
      draw: (chance) => {
        const [control, treatment] = cupedEstimates([draw(chance, 0), draw(chance, 0.2)])
        return compareEstimates(control as Estimate, treatment as Estimate).differenceInterval
      },
    },
  ]
}

/** Weights move from 50:50 to 10:90 while rates rise. */
function moving(): Case[] {
  const of = '4, 8, 12 %, and 1 point more, at 50:50, 20:80, 10:90'
  const periods = (chance: Chance) =>
    [
      { rate: 0.04, control: 1_000 },
      { rate: 0.08, control: 400 },
      { rate: 0.12, control: 200 },
    ].map(({ rate, control }) => [
      { subjects: control, sum: chance.binomial(control, rate) },
      { subjects: 2_000 - control, sum: chance.binomial(2_000 - control, rate + 0.01) },
    ])
  const compare = ([control, treatment]: readonly Estimate[]) =>
    compareEstimates(control as Estimate, treatment as Estimate).differenceInterval
  return [
    {
      interval: 'difference, weighed by period',
      of,
      truth: 0.01,
      draw: (chance) => compare(weighByPeriod(periods(chance).map((arms) => arms.map(proportionEstimate)))),
    },
    {
      interval: 'the same, pooled',
      of,
      truth: 0.01,
      draw: (chance) => {
        const drawn = periods(chance)
        const total = (arm: number, key: 'subjects' | 'sum') =>
          drawn.reduce((sum, period) => sum + (period[arm]?.[key] as number), 0)
        return compare(
          [0, 1].map((arm) => proportionEstimate({ subjects: total(arm, 'subjects'), sum: total(arm, 'sum') })),
        )
      },
    },
  ]
}

/** What is left of the always-valid interval after 30 looks, one after every 200 visitors of each arm. */
function sequences(): Case[] {
  const shrink = (look: (step: number) => Interval | null) => {
    let left: Interval = { lower: -Infinity, upper: Infinity }
    for (let step = 1; step <= 30; step++) {
      const range = look(step)
      if (range !== null) left = { lower: Math.max(left.lower, range.lower), upper: Math.min(left.upper, range.upper) }
    }
    return left
  }
  const revenue = revenuePerVisitor(shop)
  return [
    {
      interval: 'difference, always valid, at all of 30 looks',
      of: '5 % and 6 % of 200 more each',
      truth: 0.01,
      draw: (chance) => {
        const sums = [0, 0]
        return shrink((step) => {
          const [control, treatment] = [0.05, 0.06].map((rate, arm) => {
            sums[arm] = (sums[arm] as number) + chance.binomial(200, rate)
            return proportionEstimate({ subjects: step * 200, sum: sums[arm] as number })
          })
          return alwaysValid(control as Estimate, treatment as Estimate).interval
        })
      },
    },
    {
      interval: 'difference, always valid, at all of 30 looks',
      of: 'revenue of 200 more each',
      truth: 0.2 * revenue,
      draw: (chance) => {
        let [left, right] = [nobody, nobody]
        return shrink(() => {
          left = plus(left, drawRevenue(chance, 200, shop))
          right = plus(right, drawRevenue(chance, 200, { ...shop, rate: 0.06 }))
          return alwaysValid(meanEstimate(left), meanEstimate(right)).interval
        })
      },
    },
  ]
}
