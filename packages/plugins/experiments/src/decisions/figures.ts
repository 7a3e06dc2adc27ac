import { plural } from '@espalier/core'

/** Writes the numbers of reasons as a language does. */
export function figuresIn(locale: 'en' | 'fr') {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const precise = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 })
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  const names = new Intl.ListFormat(locale, { type: 'conjunction' })
  const quoted = (value: string) => (locale === 'fr' ? `« ${value} »` : `“${value}”`)
  return {
    count: (value: number) => whole.format(value),
    days: (value: number) => oneDigit.format(Math.floor(value * 10) / 10),
    /** The form of a noun: in French 0 and 1.9 go with the singular. */
    noun: plural[locale],
    amount: (value: number) => precise.format(value),
    /** Very small ones say what they are below. */
    pValue: (value: number) => (value < 0.0001 ? `< ${precise.format(0.0001)}` : precise.format(value)),
    share: (value: number) => share.format(value),
    lift: (value: number) => change.format(value),
    names: (values: readonly string[]) => names.format(values.map(quoted)),
    shares: (values: Readonly<Record<string, number>>) =>
      Object.entries(values)
        .map(([name, value]) => `${quoted(name)} ${share.format(value)}`)
        .join(', '),
  }
}
