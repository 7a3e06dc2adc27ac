import { describe, expect, it } from 'vitest'
import { type Check, expectation, runCheck } from '../../src/evolution/expectation.ts'

const score = (check: Check, answer: string) => runCheck(check, answer).score

describe('what a case expects', () => {
  it('is a share of the texts that the answer holds, whatever their case, accents kept', () => {
    const check: Check = { check: 'contains', values: ['free delivery', 'ÉTÉ', '12 €', 'pears'] }
    const { score, fault } = runCheck(check, 'Free\n  delivery: 12 € cet été.')
    expect(score).toBe(0.75)
    expect(fault).toBe('The answer should contain “pears”, and does not.')
    expect(runCheck({ check: 'contains', values: ['ete'] }, 'été').score).toBe(0)
  })

  it('is what the answer must leave out', () => {
    expect(runCheck({ check: 'excludes', values: ['guaranteed', 'best'] }, 'Guaranteed fresh')).toEqual({
      score: 0.5,
      fault: 'The answer must not contain “guaranteed”, and does.',
    })
    expect(score({ check: 'excludes', values: ['guaranteed'] }, 'fresh')).toBe(1)
  })

  it('is a length, in words or characters', () => {
    expect(score({ check: 'maxWords', value: 3 }, 'one two three')).toBe(1)
    expect(runCheck({ check: 'maxWords', value: 3 }, 'one two three four').fault).toBe(
      'The answer has 4 words; 3 are allowed.',
    )
    expect(score({ check: 'minWords', value: 1 }, '  ')).toBe(0)
    // Four people, not eleven code units.
    expect(score({ check: 'maxCharacters', value: 4 }, '👩👩👩👩')).toBe(1)
  })

  it('is a JSON object with its keys, and not those that every object has', () => {
    expect(score({ check: 'jsonWithKeys', values: ['title', 'text'] }, '{"title": "a"}')).toBe(0.5)
    expect(score({ check: 'jsonWithKeys', values: ['toString'] }, '{}')).toBe(0)
    expect(score({ check: 'jsonWithKeys', values: ['title'] }, 'Here it is: {"title": 1}')).toBe(0)
    expect(score({ check: 'jsonWithKeys', values: ['title'] }, '["title"]')).toBe(0)
    expect(score({ check: 'equals', value: 'yes' }, ' yes\n')).toBe(1)
  })

  it.each([
    [{}, 'expects nothing'],
    [{ checks: [] }, 'expects nothing'],
    [{ checks: [{ check: 'contains', values: { length: 1 } }] }, 'array'],
    [{ checks: [{ check: 'contains', values: [''] }] }, '1 to 500'],
    [{ checks: [{ check: 'contains', values: [] }] }, '1 to 50'],
    [{ checks: [{ check: 'maxWords', value: -1 }] }, 'from 0'],
    [{ checks: [{ check: 'sings' }] }, 'check'],
    [{ judge: { length: 3 } }, 'string'],
    [{ checks: Array.from({ length: 21 }, () => ({ check: 'maxWords', value: 1 })) }, 'At most 20'],
  ])('refuses %j', (value, why) => {
    const read = expectation.safeParse(value)
    expect(read.success).toBe(false)
    expect(JSON.stringify(read.error?.issues)).toContain(why)
  })
})
