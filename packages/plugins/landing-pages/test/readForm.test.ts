import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formProps } from '../src/blocks/form.ts'
import { readForm } from '../src/forms/readForm.ts'

const types = ['text', 'email', 'tel', 'url', 'number', 'date', 'textarea', 'select', 'radio', 'checkbox'] as const
const form = formProps.parse({
  heading: 'H',
  label: 'L',
  thanks: { heading: 'T' },
  fields: types.map((type) => ({ name: type, type, label: type, maxLength: 40, options: ['A', 'B'], required: false })),
})

const one = (name: string, value: string) => {
  const { values, errors } = readForm(new URLSearchParams([[name, value]]), form, 'en')
  return errors[name] === undefined ? values[name] : errors[name]
}

test.each([
  ['email', ' ada@example.com ', 'ada@example.com'],
  ['email', 'ada@example', expect.stringContaining('e-mail address')],
  ['email', 'ada@example.com, eve@example.com', expect.stringContaining('e-mail address')],
  ['email', 'ada@example.com\nbcc: eve@example.com', expect.stringContaining('e-mail address')],
  ['tel', '+33 1 23 45 67 89', '+33 1 23 45 67 89'],
  ['tel', 'call me', expect.stringContaining('telephone number')],
  ['url', 'https://example.com/a', 'https://example.com/a'],
  ['url', 'javascript:alert(1)', expect.stringContaining('web address')],
  ['number', '-1.5', -1.5],
  ['number', '0x10', expect.stringContaining('number')],
  ['number', '1e3', 1000],
  ['number', 'Infinity', expect.stringContaining('number')],
  ['date', '2028-02-29', '2028-02-29'],
  ['date', '2027-02-29', expect.stringContaining('date')],
  ['select', 'B', 'B'],
  ['radio', 'C', expect.stringContaining('options')],
  ['checkbox', 'yes', true],
  ['checkbox', '', false],
  ['textarea', 'a\r\nb', 'a\nb'],
  ['text', 'x'.repeat(41), 'Please use at most 40 characters.'],
])('a field of type %s takes %j as %j', (name, value, expected) => {
  expect(one(name, value)).toEqual(expected)
})

test('whatever is sent is taken or refused by field, and what is taken can be stored', () => {
  const name = fc.oneof(fc.constantFrom(...types, '_token', 'homepage_url', '__proto__', 'constructor'), fc.string())
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '\ud800', '1e999', 'yes', 'A'),
    fc.emailAddress(),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (pairs) => {
      const { values, errors, written } = readForm(new URLSearchParams(pairs), form, 'fr-CA')
      for (const field of types) expect(Object.hasOwn(values, field) && Object.hasOwn(errors, field)).toBe(false)
      expect(Object.keys({ ...values, ...errors, ...written }).every((key) => types.includes(key as never))).toBe(true)
      for (const kept of Object.values(values))
        if (typeof kept === 'string') expect(kept.includes('\0') || !kept.isWellFormed()).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})
