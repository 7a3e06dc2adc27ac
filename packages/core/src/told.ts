/** A sentence for people, in both languages of the product. */
export interface Told {
  readonly en: string
  readonly fr: string
}

/** What is the same in both languages: names, values, what others said. */
export function asIs(text: string): Told {
  return { en: text, fr: text }
}

/** Sentences after one another. */
export function joined(sentences: readonly Told[], between = ' '): Told {
  return { en: sentences.map(({ en }) => en).join(between), fr: sentences.map(({ fr }) => fr).join(between) }
}

/**
 * The sentence in the reader's language.
 *
 * @param locale "fr", "fr-CA", …; whatever is not French is English
 */
export function told(locale: string, words: Told): string {
  return locale.toLowerCase().startsWith('fr') ? words.fr : words.en
}

/**
 * Chooses the form that goes with a number: `${days} ${plural.fr(days, 'jour', 'jours')}`.
 * French has the singular for 0, 1 and 1.5; English for 1.
 */
export const plural = { en: formsIn('en'), fr: formsIn('fr') } as const

function formsIn(language: keyof Told) {
  const rules = new Intl.PluralRules(language)
  return (count: number, one: string, other: string): string => (rules.select(count) === 'one' ? one : other)
}
