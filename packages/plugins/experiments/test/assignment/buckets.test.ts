import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign, planAssignment } from '../../src/assignment/buckets.ts'
import { hashFraction } from '../../src/assignment/hashing.ts'

describe('the hash', () => {
  // GrowthBook, sdk-js cases.json, "hash", version 2.
  test.each([
    ['seed', 'a', 0.0505],
    ['seed', 'b', 0.2696],
    ['foo', 'ab', 0.2575],
    ['foo', 'def', 0.2019],
    ['89123klj', '8952klfjas09ujkasdf', 0.124],
    ['90850943850283058242805', '123', 0.7516],
  ])('of %j and %j', (seed, subject, fraction) => {
    expect(hashFraction(seed, subject)).toBe(fraction)
  })
})

const halves = [
  { id: 'control', weight: 1 },
  { id: 'treatment', weight: 1 },
]

describe('assignment', () => {
  test('is the same on every call', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, subject) => {
        expect(assign(planAssignment(seed, halves), subject)).toBe(assign(planAssignment(seed, halves), subject))
      }),
    )
  })

  test('gives everyone a variant, whatever the weights', () => {
    const weights = fc
      .array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 })
      .filter((list) => list.some((weight) => weight > 0))
    fc.assert(
      fc.property(weights, fc.string(), (list, subject) => {
        const variants = list.map((weight, index) => ({ id: `v${index}`, weight }))
        const given = assign(planAssignment('seed', variants), subject)
        expect(variants.find(({ id }) => id === given)?.weight).toBeGreaterThan(0)
      }),
    )
  })

  test('follows the weights', () => {
    const plan = planAssignment('headline', [
      { id: 'a', weight: 70 },
      { id: 'b', weight: 20 },
      { id: 'c', weight: 10 },
    ])
    const counts = { a: 0, b: 0, c: 0 }
    for (let index = 0; index < 100_000; index++) counts[assign(plan, `visitor-${index}`) as keyof typeof counts]++
    // Four standard deviations of a binomial count.
    expect(Math.abs(counts.a - 70_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.7 * 0.3))
    expect(Math.abs(counts.b - 20_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.2 * 0.8))
    expect(Math.abs(counts.c - 10_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.1 * 0.9))
  })

  test('is independent between experiments', () => {
    const first = planAssignment('first', halves)
    const second = planAssignment('second', halves)
    let both = 0
    for (let index = 0; index < 100_000; index++)
      if (assign(first, `visitor-${index}`) === 'treatment' && assign(second, `visitor-${index}`) === 'treatment')
        both++
    expect(Math.abs(both - 25_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.25 * 0.75))
  })

  test.each([
    [[{ id: 'a', weight: -1 }], /weight of variant "a" is -1/],
    [[{ id: 'a', weight: Number.NaN }], /weight of variant "a" is NaN/],
    [[{ id: 'a', weight: 0 }], /All variants have the weight 0/],
    [[], /All variants have the weight 0/],
  ])('refuses weights that assign nobody', (variants, message) => {
    expect(() => planAssignment('seed', variants)).toThrow(message)
  })
})
