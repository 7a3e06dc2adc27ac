import * as fc from 'fast-check'
import type { Estimate, Moments } from '../../src/statistics/index.ts'

/** The sums that a rollup would hold of these subjects. */
export function momentsOf(values: readonly number[]): Moments {
  return {
    subjects: values.length,
    sum: sum(values),
    sumOfSquares: sum(values.map((value) => value ** 2)),
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Control and treatment. */
export function pair(estimates: readonly Estimate[]): readonly [Estimate, Estimate] {
  return estimates as unknown as readonly [Estimate, Estimate]
}

/** A proportion's sums: everything from nobody to billions, nothing converted to everything. */
export function anyProportion() {
  return fc
    .tuple(fc.maxSafeNat(), fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), fc.boolean())
    .map(([many, share, few]) => {
      const subjects = few ? many % 50 : many % 10_000_000_000
      return { subjects, sum: Math.round(subjects * share), sumOfSquares: Math.round(subjects * share) }
    })
}

/** Sums of a few subjects with values of any size, also all alike. */
export function anyMoments() {
  const value = fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constantFrom(0, 1, 19.99))
  return fc.array(value, { maxLength: 30 }).map(momentsOf)
}

/** Every number in a result, however deep. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersIn) : []
}
