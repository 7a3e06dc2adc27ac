import { describe, expect, test } from 'vitest'
import { scoreOf } from '../src/quality/accessibility.ts'
import { type Color, contrastRatio, parseColor } from '../src/quality/contrast.ts'

const color = (text: string) => parseColor(text) as Color
const ratio = (front: string, back: string) => contrastRatio(color(front), color(back))

describe('the contrast of two colors', () => {
  // Published by WebAIM's contrast checker and in the W3C's techniques G18 and G17.
  test.each([
    ['#000000', '#ffffff', 21],
    ['#fff', '#fff', 1],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#949494', '#ffffff', 3.03],
    ['#0000ff', '#ffffff', 8.59],
    ['#ff0000', '#ffffff', 4.0],
  ])('of %s on %s is %d', (front, back, expected) => {
    expect(ratio(front, back)).toBeCloseTo(expected, 2)
    expect(ratio(back, front)).toBe(ratio(front, back))
  })

  test.each(['red', '#ff', 'rgb(0 0 0)', '#12345'])('is not computed for %s', (text) => {
    expect(parseColor(text)).toBeUndefined()
  })
})

describe('the score of accessibility', () => {
  const held = (rule: string, impact: 'minor' | 'moderate' | 'serious' | 'critical') => ({ rule, impact, passed: true })

  test('is 100 where every rule held, or none applied', () => {
    expect(scoreOf([held('a', 'minor'), held('b', 'critical')])).toBe(100)
    expect(scoreOf([])).toBe(100)
  })

  test('loses the weight of what is broken: 10 of 1 + 3 + 7 + 10', () => {
    const others = [held('a', 'minor'), held('b', 'moderate'), held('c', 'serious')]
    expect(scoreOf([...others, { rule: 'd', impact: 'critical', passed: false }])).toBe(52)
  })

  test('counts a rule as broken that held elsewhere on the page', () => {
    expect(scoreOf([held('a', 'serious'), { rule: 'a', impact: 'serious', passed: false }])).toBe(0)
  })
})
