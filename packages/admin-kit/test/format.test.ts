import { describe, expect, test } from 'vitest'
import { createFormat } from '../src/language/format.ts'
import { plural } from '../src/language/plural.ts'

const english = createFormat('en-US', 'America/New_York')
const french = createFormat('fr-FR', 'Europe/Paris')
/** Narrow and plain spaces differ between versions of the language data. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('how values are written', () => {
  test('numbers and shares by the locale', () => {
    expect(english.number(1234567)).toBe('1,234,567')
    expect(plain(french.number(1234567.891, 2))).toBe('1 234 567,89')
    expect(english.percent(0.1234)).toBe('12.3%')
    expect(plain(french.percent(0.1234))).toBe('12,3 %')
    expect(english.change(0.05)).toBe('+5.0%')
    expect(english.change(0)).toBe('0.0%')
    expect(english.compact(12_345)).toBe('12.3K')
  })

  test('money in the smallest unit of its currency, whatever that is', () => {
    expect(english.money(1999, 'EUR')).toBe('€19.99')
    expect(english.money(500, 'JPY')).toBe('¥500')
    expect(plain(french.money(-1999, 'EUR'))).toBe('-19,99 €')
  })

  test('what models cost so that something is seen of it', () => {
    expect(english.moneyMicros(5_484)).toBe('$0.0055')
    expect(english.moneyMicros(12_345_678)).toBe('$12.35')
    expect(english.moneyMicros(0)).toBe('$0.00')
  })

  test('instants in the zone of the reader, days of the calendar as they are', () => {
    const lateInLondon = '2026-11-21T02:30:00Z'
    expect(english.date(lateInLondon)).toBe('Nov 20, 2026')
    expect(french.date(lateInLondon)).toBe('21 nov. 2026')
    expect(english.date('2026-11-21')).toBe('Nov 21, 2026')
    expect(english.day('2026-11-21')).toBe('Nov 21')
  })

  test('distances and durations in units that people use', () => {
    const now = new Date('2026-11-21T12:00:00Z')
    expect(english.relative('2026-11-21T09:00:00Z', now)).toBe('3 hours ago')
    expect(french.relative('2026-11-22T12:00:00Z', now)).toBe('demain')
    expect(english.relative('2026-11-21T12:00:00Z', now)).toBe('now')
    expect(english.duration(250)).toBe('250 ms')
    expect(english.duration(1_500)).toBe('1.5 sec')
    expect(english.duration(200_000)).toBe('3 min 20 sec')
    expect(english.duration(3_600_000)).toBe('1 hr')
    expect(english.duration(0)).toBe('0 ms')
  })

  test('lists by the rules of the language', () => {
    expect(english.list(['a', 'b', 'c'])).toBe('a, b, and c')
  })
})

describe('the form after a figure', () => {
  const figures = [0, 0.5, 1, 1.5, 2, 10, 11, 21, 1_000, 1_001]

  test.each([
    ['en', english],
    ['fr', french],
  ] as const)('is that of CLDR in %s, from a number as from one that is written', (language, { number }) => {
    const rules = new Intl.PluralRules(language)
    const expected = figures.map((figure) => (rules.select(figure) === 'one' ? 'one' : 'other'))
    expect(figures.map((figure) => plural[language](figure, 'one', 'other'))).toEqual(expected)
    expect(figures.map((figure) => plural[language](number(figure, 1), 'one', 'other'))).toEqual(expected)
  })

  test('is plural where the end is left open, or a unit follows', () => {
    expect(plural.en('50+', 'new row', 'new rows')).toBe('new rows')
    expect(plural.fr('1,2 k', 'ligne', 'lignes')).toBe('lignes')
  })
})
