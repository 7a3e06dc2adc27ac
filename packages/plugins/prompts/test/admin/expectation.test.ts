import { expect, test } from 'vitest'
import { expectationOf, expectsNothing, noExpectation, readExpectation } from '../../admin/cases/expectation.ts'
import { expectation } from '../../src/evolution/expectation.ts'

test('what the form of a case says is what the server takes, and what it keeps is shown whole', () => {
  const sent = expectationOf({
    contains: '12 €\n\n free delivery ',
    excludes: 'discount',
    minWords: 3,
    maxWords: 0,
    judge: ' It is friendly. ',
  })
  const kept = expectation.parse(sent)
  expect(kept).toEqual({
    checks: [
      { check: 'contains', values: ['12 €', 'free delivery'] },
      { check: 'excludes', values: ['discount'] },
      { check: 'minWords', value: 3 },
      { check: 'maxWords', value: 0 },
    ],
    judge: 'It is friendly.',
  })
  expect(readExpectation(kept)).toEqual(kept)
})

test('checks that the form has no field for are shown too', () => {
  const kept = expectation.parse({
    checks: [
      { check: 'equals', value: 'yes' },
      { check: 'maxCharacters', value: 80 },
      { check: 'jsonWithKeys', values: ['title'] },
    ],
  })
  expect(readExpectation(kept).checks).toEqual(kept.checks)
})

test('an empty form expects nothing, which the server refuses too', () => {
  expect(expectsNothing(noExpectation)).toBe(true)
  expect(expectsNothing({ ...noExpectation, contains: ' \n ' })).toBe(true)
  expect(expectsNothing({ ...noExpectation, minWords: 0 })).toBe(false)
  expect(expectation.safeParse(expectationOf(noExpectation)).success).toBe(false)
})
