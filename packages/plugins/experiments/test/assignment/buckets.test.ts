import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketAt, bucketOf, bucketRanges, compileBuckets } from '../../src/assignment/buckets.ts'
import { hashFraction, namespaceFraction, placeByVersion1, places } from '../../src/assignment/hashing.ts'
import cases from './growthbookCases.json' with { type: 'json' }

type Range = [number, number]

/** Other versions there are none. */
const hashes = cases.hash as [string, string, number, number | null][]

describe('GrowthBook’s cases', () => {
  test.each(hashes.filter(([, , version]) => version === 2))(
    'hash of %j and %j',
    (seed, subject, _version, fraction) => {
      expect(hashFraction(seed, subject)).toBe(fraction)
    },
  )

  test.each(hashes.filter(([, , version]) => version === 1))(
    'hash of %j and %j, version 1',
    (seed, subject, _version, fraction) => {
      expect(placeByVersion1(seed, subject) / places).toBe(fraction)
    },
  )

  test.each(cases.getBucketRange as unknown as [string, [number, number, number[] | null], Range[]][])(
    'ranges: %s',
    (_name, [count, coverage, weights], ranges) => {
      const rounded = bucketRanges(count, coverage, weights).map((range) =>
        range.map((end) => Math.round(end * 1e6) / 1e6),
      )
      expect(rounded).toEqual(ranges)
    },
  )

  test.each(cases.getEqualWeights as [number, number[]][])('%i equal weights', (count, weights) => {
    const widths = bucketRanges(count, 1, null).map(([start, end]) => Math.round((end - start) * 1e8) / 1e8)
    expect(widths).toEqual(weights)
  })

  test.each(cases.chooseVariation as [string, number, Range[], number][])(
    'choice: %s',
    (_name, place, ranges, index) => {
      expect(bucketAt(place, ranges)).toBe(index)
    },
  )

  test.each(cases.inNamespace as unknown as [string, string, [string, number, number], boolean][])(
    'namespace: %s',
    (_name, subject, [namespace, from, to], isIn) => {
      const place = namespaceFraction(namespace, subject)
      expect(place >= from && place < to).toBe(isIn)
    },
  )
})

describe('buckets', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }).map((list) =>
    list.map(
      (weight) =>
        weight /
        Math.max(
          1,
          list.reduce((sum, each) => sum + each, 0),
        ),
    ),
  )
  const coverage = fc.double({ min: 0, max: 1, noNaN: true })

  test('compiled or not, choose the same', () => {
    fc.assert(
      fc.property(weights, coverage, fc.string(), fc.string(), (list, covered, seed, subject) => {
        const ranges = bucketRanges(list.length, covered, list)
        expect(bucketOf(compileBuckets(seed, 2, ranges), subject)).toBe(bucketAt(hashFraction(seed, subject), ranges))
      }),
      { numRuns: 2_000 },
    )
  })

  test('agree at each place of the hash, also where a bound is not a place', () => {
    for (const [covered, list] of [
      [1, [0.1, 0.2, 0.3, 0.4]],
      [0.37, [0.3333, 0.3333, 0.3334]],
      [1, [1 / 3, 1 / 3, 1 / 3]],
      [0.999, [0.5, 0, 0.5]],
    ] as const) {
      const ranges = bucketRanges(list.length, covered, list)
      const { starts, ends } = compileBuckets('any', 2, ranges)
      for (let place = 0; place < 10_000; place++) {
        const whole = list.findIndex((_, index) => place >= (starts[index] ?? 0) && place < (ends[index] ?? 0))
        expect(whole).toBe(bucketAt(place / 10_000, ranges))
      }
    }
  })

  test('end at 1, also where a bound is so far above it that counting would not get there', () => {
    const work = () =>
      compileBuckets('any', 2, [
        [-1e300, 0.5],
        [0.5, 9_007_199_254_740_624],
        [Number.MAX_VALUE, 1e300],
      ])
    const { starts, ends } = runInNewContext('work()', { work }, { timeout: 60_000 }) as ReturnType<typeof work>
    expect([[...starts], [...ends]]).toEqual([
      [0, 5_000, 10_000],
      [5_000, 10_000, 10_000],
    ])
  })

  test('lose and move nobody as coverage grows', () => {
    fc.assert(
      fc.property(weights, coverage, coverage, fc.string(), (list, one, other, subject) => {
        const at = (covered: number) =>
          bucketOf(compileBuckets('s', 2, bucketRanges(list.length, covered, list)), subject)
        const [less, more] = one < other ? [at(one), at(other)] : [at(other), at(one)]
        expect([less, -1]).toContain(less === -1 ? -1 : more)
      }),
    )
  })

  test('follow the weights', () => {
    const buckets = compileBuckets('headline', 2, bucketRanges(3, 1, [0.7, 0.2, 0.1]))
    const counts = [0, 0, 0]
    for (let index = 0; index < 100_000; index++) {
      const bucket = bucketOf(buckets, `visitor-${index}`)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    // Four standard deviations of a binomial count.
    for (const [index, share] of [0.7, 0.2, 0.1].entries())
      expect(Math.abs((counts[index] ?? 0) - 100_000 * share)).toBeLessThan(
        4 * Math.sqrt(100_000 * share * (1 - share)),
      )
  })

  test('are independent between experiments', () => {
    const halves = bucketRanges(2, 1, null)
    const [first, second] = ['first', 'second'].map((seed) => compileBuckets(seed, 2, halves))
    let both = 0
    for (let index = 0; index < 100_000; index++)
      if (first && second && bucketOf(first, `visitor-${index}`) === 1 && bucketOf(second, `visitor-${index}`) === 1)
        both++
    expect(Math.abs(both - 25_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.25 * 0.75))
  })
})
