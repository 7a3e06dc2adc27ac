import { expect, test } from 'vitest'
import { plural } from '../src/told.ts'

test.each([
  ['en', 0, 'days'],
  ['en', 1, 'day'],
  ['en', 1.5, 'days'],
  ['en', 21, 'days'],
] as const)('in %s, %s %s', (language, count, expected) => {
  expect(plural[language](count, 'day', 'days')).toBe(expected)
})

test.each([
  ['fr', 0, 'jour'],
  ['fr', 1, 'jour'],
  ['fr', 1.9, 'jour'],
  ['fr', 2, 'jours'],
  ['fr', 21, 'jours'],
] as const)('in %s, %s %s', (language, count, expected) => {
  expect(plural[language](count, 'jour', 'jours')).toBe(expected)
})
