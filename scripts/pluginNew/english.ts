import { pluralize, singularize } from 'inflection'

/**
 * The singular of an English plural: "gift-cards" → "gift-card".
 *
 * @returns undefined for what is no plural, or has no singular that one would use: "loyalty", "news", "analytics", "sms"
 */
export function singularOf(name: string): string | undefined {
  const singular = singularize(name)
  const isWord = (singular.split('-').at(-1) as string).length > 2
  return singular === name || !isWord || name.endsWith('ics') ? undefined : singular
}

/** "box" → "boxes" */
export function pluralOf(name: string): string {
  return pluralize(name)
}

/** With the article that its first letters ask for: "an offer", "a unit". */
export function withArticle(words: string): string {
  return `${/^([aeio]|u(?!ni|s[ae]))/i.test(words) ? 'an' : 'a'} ${words}`
}
