import { said } from '@espalier/core'
import { z } from 'zod'
import { text } from './block.ts'
import { described } from './fieldWords.ts'

const amountOrWords = z.union(
  [
    text(40),
    z.object({
      amountMinor: z.int().gte(0).lte(1_000_000_000_000),
      currency: z.string().regex(/^[A-Z]{3}$/),
    }),
  ],
  said({
    en: 'is neither words, such as "On request", nor { amountMinor, currency }, such as { amountMinor: 2900, currency: "EUR" }',
    fr: 'n’est ni un texte, tel que « Sur demande », ni { amountMinor, currency }, tel que { amountMinor: 2900, currency: "EUR" }',
  }),
)

/** An amount in the currency's smallest unit, or words such as "On request". */
export const price = described(amountOrWords, { label: { en: 'Price', fr: 'Prix' }, input: 'price' })

/** How a price reads in a language: 2900 EUR is "€29" in "en" and "29 €" in "fr". */
export function priceText(value: z.output<typeof price>, language: string): string {
  if (typeof value === 'string') return value
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: value.currency,
    trailingZeroDisplay: 'stripIfInteger',
  })
  return format.format(value.amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
