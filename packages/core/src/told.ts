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
