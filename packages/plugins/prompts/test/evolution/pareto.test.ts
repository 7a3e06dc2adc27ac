import { seededRandom } from '@espalier/core'
import { describe, expect, it } from 'vitest'
import { complementaryPairs, paretoFront, sampleFront } from '../../src/evolution/pareto.ts'

const scores = (...values: (number | null)[]) =>
  new Map(values.flatMap((value, at) => (value === null ? [] : [[`case ${at}`, value] as const])))

describe('the Pareto front over cases', () => {
  it('keeps who is best at something, also with a poor mean, and leaves out who is second everywhere', () => {
    const specialist = scores(1, 0, 0)
    const allRounder = scores(0.8, 0.9, 0.9)
    const second = scores(0.9, 0.8, 0.8)
    expect(paretoFront([specialist, allRounder, second])).toEqual([
      { index: 0, wins: 1 },
      { index: 1, wins: 2 },
    ])
  })

  it('leaves out who wins only what another of the front wins too', () => {
    expect(paretoFront([scores(1, 0, 0), scores(1, 1, 0), scores(0, 0, 1)])).toEqual([
      { index: 1, wins: 2 },
      { index: 2, wins: 1 },
    ])
  })

  it('keeps one of those that win the same: the one with the better mean, of equal ones the first', () => {
    expect(paretoFront([scores(1, 0.2, 0.4), scores(1, 0.3, 0.4), scores(0, 1, 1)]).map(({ index }) => index)).toEqual([
      1, 2,
    ])
    expect(paretoFront([scores(1, 1), scores(1, 1)])).toEqual([{ index: 0, wins: 2 }])
  })

  it('has nobody on it who was not measured', () => {
    expect(paretoFront([scores(), scores(null, 0)])).toEqual([{ index: 1, wins: 1 }])
    expect(paretoFront([])).toEqual([])
    expect(() => sampleFront([], seededRandom(1))).toThrow('The Pareto front is empty')
  })

  it('is sampled in proportion to wins', () => {
    const random = seededRandom(7)
    const front = [
      { index: 3, wins: 3 },
      { index: 5, wins: 1 },
    ]
    const drawn = Array.from({ length: 4000 }, () => sampleFront(front, random))
    // 3,000 expected; the standard error is 27.
    expect(drawn.filter((index) => index === 3).length).toBeGreaterThan(2900)
    expect(drawn.filter((index) => index === 3).length).toBeLessThan(3100)
  })

  it('pairs those that complete each other, the most cases between them first', () => {
    const pairs = complementaryPairs([scores(1, 0, 0, 0), scores(0, 1, 0, 0), scores(0, 0, 1, 1)])
    expect(pairs[0]).toEqual([0, 2])
    expect(pairs).toContainEqual([0, 1])
    expect(complementaryPairs([scores(1, 1), scores(0.5, 1)])).toEqual([])
  })
})
