import type { Moments } from '@espalier/experiments/statistics'
import type { Chance } from './chance.ts'

/** Visitors of a shop: few buy, and what they spend is far from normal. */
export interface Shop {
  /** Share of visitors who buy. */
  readonly rate: number
  /** Of the logarithm of what a buyer spends. */
  readonly logMean: number
  readonly logDeviation: number
}

export const shop: Shop = { rate: 0.05, logMean: 3, logDeviation: 1 }

/** What a visitor spends on average, buyers or not. */
export function revenuePerVisitor({ rate, logMean, logDeviation }: Shop): number {
  return rate * Math.exp(logMean + logDeviation ** 2 / 2)
}

/** The revenue of some visitors. */
export function drawRevenue(chance: Chance, subjects: number, { rate, logMean, logDeviation }: Shop): Moments {
  const buyers = chance.binomial(subjects, rate)
  let sum = 0
  let sumOfSquares = 0
  for (let buyer = 0; buyer < buyers; buyer++) {
    const spent = chance.logNormal(logMean, logDeviation)
    sum += spent
    sumOfSquares += spent ** 2
  }
  return { subjects, sum, sumOfSquares }
}

export function plus(a: Moments, b: Moments): Moments {
  return { subjects: a.subjects + b.subjects, sum: a.sum + b.sum, sumOfSquares: a.sumOfSquares + b.sumOfSquares }
}

export const nobody: Moments = { subjects: 0, sum: 0, sumOfSquares: 0 }
