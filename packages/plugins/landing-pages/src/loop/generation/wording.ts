/**
 * A text as rules compare it: without accents, capitals, invisible characters and the many shapes of spaces, apostrophes and hyphens.
 * “GARANTI À 100 %” and "garanti a 100 %" are the same.
 */
export function plainWording(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(/[‐-―−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Whether a text says a phrase as whole words. A phrase that ends with * is the beginning of one. */
export function says(text: string, phrase: string): boolean {
  const wanted = plainWording(phrase.replace(/\*+$/, ''))
  if (wanted === '') return false
  const open = phrase.endsWith('*')
  const within = plainWording(text)
  for (let at = within.indexOf(wanted); at >= 0; at = within.indexOf(wanted, at + 1)) {
    const before = within.slice(0, at)
    const after = within.slice(at + wanted.length)
    const begins = !/[\p{L}\p{N}]$/u.test(before) || !/^[\p{L}\p{N}]/u.test(wanted)
    const ends = open || !/^[\p{L}\p{N}]/u.test(after) || !/[\p{L}\p{N}]$/u.test(wanted)
    if (begins && ends) return true
  }
  return false
}

/** Words that mix Latin letters with Cyrillic or Greek ones that look alike: a way around rules about words. */
export function mixedWords(text: string): string[] {
  return [...text.matchAll(/[\p{L}\p{M}]+/gu)]
    .map(([word]) => word)
    .filter((word) => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word))
}

/** Numbers that a text names, without signs between their digits: "1 200", "1,200" and "1.200" are "1200"; "4,5" and "4.5" are "4.5". */
export function figuresIn(text: string): string[] {
  return [...text.normalize('NFKC').matchAll(/\d(?:[\d.,'’\s]*\d)?/g)].map(([figure]) =>
    figure
      .replace(/[\s'’](?=\d{3}(?!\d))/g, '')
      .replace(/[.,](?=\d{3}(?!\d))/g, '')
      .replace(/,/g, '.'),
  )
}

const telling: Record<string, ReadonlySet<string>> = {
  en: new Set(
    'the and of to in is you your with for that this are we our it on not from all more have can will they without'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le la les des de du et un une vous votre vos est que qui dans pour sur avec nous notre nos au aux ce cette pas plus sans ou leur'.split(
      ' ',
    ),
  ),
}

/**
 * The language that a text is in, told by its small words: "en", "fr", or undefined where they are too few or balanced, and for
 * all other languages.
 */
export function languageOf(text: string): 'en' | 'fr' | undefined {
  const words = text.toLowerCase().match(/[\p{L}]+/gu) ?? []
  const [en, fr] = ['en', 'fr'].map((language) => words.filter((word) => telling[language]?.has(word)).length) as [
    number,
    number,
  ]
  if (en + fr < 8) return undefined
  if (en > 3 * fr) return 'en'
  return fr > 3 * en ? 'fr' : undefined
}
