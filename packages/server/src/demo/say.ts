/** Picks the words in the language of the demo. */
export type Say = (en: string, fr: string) => string

/** @param language "fr" for French, anything else for English */
export function sayIn(language: string): Say {
  return (en, fr) => (language.startsWith('fr') ? fr : en)
}
