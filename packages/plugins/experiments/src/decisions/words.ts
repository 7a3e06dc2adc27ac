import { english } from './english.ts'
import { french } from './french.ts'
import { type Names, named } from './names.ts'
import type { Reason } from './reason.ts'

/**
 * Reasons as sentences, in the language of whoever reads them.
 *
 * @param locale "en" or "fr"; English where it is another
 * @param names of the variants; without them they are called by their keys
 */
export function inWords(reasons: readonly Reason[], locale: string, names?: Names): string {
  return reasons.map((reason) => sentenceOf(reason, locale, names)).join(' ')
}

export function sentenceOf(reason: Reason, locale: string, names?: Names): string {
  const words = locale.startsWith('fr') ? french : english
  return (words[reason.code] as (values: Reason) => string)(names ? named(reason, names) : reason)
}
