import { seededRandom } from '@espalier/core'
import { describe, expect, it } from 'vitest'
import { compareChildren } from '../../src/evolution/comparison.ts'

const random = seededRandom(1)
const scores = (...values: number[]) => new Map(values.map((value, at) => [`case ${at}`, value]))

describe('a child beside its parent on held-back cases', () => {
  it('is told from chance as R tells it', () => {
    // Paired differences 8, 5, -1, 4, 6 (tenths): of 32 sign flips, those whose sum is at least 22 are
    // none flipped (24), and -1 → 1 (26 is that of all positive; 24 is ours): by hand 2 of 32.
    const compared = compareChildren(scores(0, 0, 0.1, 0, 0), [scores(0.8, 0.5, 0, 0.4, 0.6)], random)
    expect(compared).toMatchObject({ cases: 5, better: 4, worse: 1, pValue: 2 / 32, leastPValue: 1 / 32 })
    expect(compared?.difference).toBeCloseTo(0.44, 10)
  })

  it('cannot be told from four cases, however good it is', () => {
    expect(compareChildren(scores(0, 0, 0, 0), [scores(1, 1, 1, 1)], random)).toMatchObject({
      pValue: 1 / 16,
      leastPValue: 1 / 16,
      difference: 1,
    })
  })

  it('pays for being the best of many', () => {
    const parent = scores(...Array.from({ length: 10 }, () => 0.5))
    const noise = seededRandom(3)
    const lucky = () => scores(...Array.from({ length: 10 }, () => (noise.next() < 0.5 ? 0.4 : 0.6)))
    const children = Array.from({ length: 30 }, lucky)
    const alone = children.map((child) => compareChildren(parent, [child], random)?.pValue ?? 1)
    expect(Math.min(...alone)).toBeLessThan(0.06)
    expect(compareChildren(parent, children, random)?.pValue).toBeGreaterThan(0.2)
  })

  it('errs as rarely as it says when wording makes no difference, whatever the number of children', () => {
    const noise = seededRandom(11)
    const draw = () => scores(...Array.from({ length: 8 }, () => Math.round(noise.next() * 4) / 4))
    const runs = 600
    let claimed = 0
    for (let run = 0; run < runs; run++)
      if ((compareChildren(draw(), [draw(), draw(), draw()], noise)?.pValue ?? 1) <= 0.05) claimed++
    // At most 5 % and some chance: three standard errors above.
    expect(claimed / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs))
  })

  it('draws where there are too many cases to try all flips, and is never 0', () => {
    const parent = scores(...Array.from({ length: 40 }, () => 0))
    const child = scores(...Array.from({ length: 40 }, () => 1))
    expect(compareChildren(parent, [child], random)?.pValue).toBe(1 / 20_001)
  })

  it('compares on what both were measured on', () => {
    const parent = scores(0, 0, 0)
    const child = new Map([['case 1', 1]])
    expect(compareChildren(parent, [child], random)).toMatchObject({ cases: 1, difference: 1, pValue: 0.5 })
    expect(compareChildren(parent, [new Map()], random)).toBeNull()
    expect(compareChildren(parent, [parent], random)).toMatchObject({ difference: 0, pValue: 1 })
  })
})
