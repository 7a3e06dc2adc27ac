import { english } from './english.ts'
import { french } from './french.ts'
import type { Reason } from './reason.ts'

/**
 * Reasons as sentences, in the language of whoever reads them.
 *
 * @param locale "en" or "fr"; English where it is another
 */
export function inWords(reasons: readonly Reason[], locale: string): string {
  return reasons.map((reason) => sentenceOf(reason, locale)).join(' ')
}

export function sentenceOf(reason: Reason, locale: string): string {
  const words = locale.startsWith('fr') ? french : english
  return (words[reason.code] as (values: Reason) => string)(reason)
}
