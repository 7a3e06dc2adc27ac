/** A hypothesis in its three parts, each without its opening words. */
export interface Hypothesis {
  /** "We believe that …" */
  readonly believe: string
  /** "… because …" */
  readonly because: string
  /** "We will know by …" */
  readonly know: string
}

const openings = {
  en: { believe: 'We believe that', because: 'because', know: 'We will know by' },
  fr: { believe: 'Nous pensons que', because: 'parce que', know: 'Nous le saurons à' },
} as const

export type HypothesisLanguage = keyof typeof openings

/** The sentence that is stored, in the language of whoever writes it. Parts that are empty are left out. */
export function hypothesisText({ believe, because, know }: Hypothesis, language: HypothesisLanguage): string {
  const words = openings[language]
  const [what, why, sign] = [believe, because, know].map((part) => part.trim().replace(/\.$/, ''))
  if (!what && !why && !sign) return ''
  // Words that are no such sentence, as somebody wrote them elsewhere, stay what they are.
  if (what && !why && !sign) return believe.trim()
  const first = [what && `${words.believe} ${what}`, why && `${words.because} ${why}`].filter(Boolean).join(' ')
  return [first && `${first}.`, sign && `${words.know} ${sign}.`].filter(Boolean).join(' ')
}

/** Reads the parts back out of a sentence, whichever language it was written in. Anything else is what is believed. */
export function hypothesisParts(text: string): Hypothesis {
  for (const { believe, because, know } of Object.values(openings)) {
    const found = new RegExp(
      `^(?:${believe} (?<believe>.*?)(?: ${because} (?<because>.*?))?\\. ?)?(?:${know} (?<know>.*)\\.)?$`,
      's',
    ).exec(text.trim())
    const parts = found?.groups
    if (parts && (parts.because || parts.know))
      return { believe: parts.believe ?? '', because: parts.because ?? '', know: parts.know ?? '' }
  }
  return { believe: text, because: '', know: '' }
}
