import type { PageContent } from '../../content.ts'
import type { LoopRules } from '../rules.ts'
import { textsOf } from './pageTexts.ts'
import { type Reason, reason } from './reason.ts'
import { languageOf, mixedWords, plainWording, says } from './wording.ts'

/**
 * What a proposed version says that the workspace does not want said, and what it has to say and does not.
 *
 * @param parent the version that it comes from: tells the language of pages that are neither English nor French
 */
export function checkOwnRules(
  candidate: PageContent,
  rules: Pick<LoopRules, 'forbiddenWords' | 'forbiddenClaims' | 'requiredFacts'>,
  language: string,
  parent?: PageContent,
): Reason[] {
  const texts = textsOf(candidate)
  const whole = wholeText(candidate)
  return [
    ...texts.flatMap(({ blockId, text }) => [
      ...rules.forbiddenWords
        .filter((word) => says(text, word))
        .map((word) => reason('WORD_FORBIDDEN', `Uses the word "${word}".`, `Emploie le mot « ${word} ».`, blockId)),
      ...rules.forbiddenClaims
        .filter((claim) => says(text, claim))
        .map((claim) => reason('CLAIM_FORBIDDEN', `Claims "${claim}".`, `Affirme « ${claim} ».`, blockId)),
      ...mixedWords(text).map((word) =>
        reason(
          'LETTERS_MIXED',
          `The word "${word}" mixes letters of two alphabets, which hides it from rules about words.`,
          `Le mot « ${word} » mêle les lettres de deux alphabets, ce qui le soustrait aux règles.`,
          blockId,
        ),
      ),
    ]),
    ...rules.requiredFacts
      .filter((fact) => !plainSpaces(whole).includes(plainSpaces(fact)))
      .map((fact) =>
        reason('FACT_MISSING', `Does not say "${fact}" word for word.`, `Ne dit pas « ${fact} » mot pour mot.`),
      ),
    ...checkLanguage(whole, language, parent),
  ]
}

function wholeText(content: PageContent): string {
  return textsOf(content)
    .map(({ text }) => text)
    .join('\n')
}

function checkLanguage(text: string, wanted: string, parent: PageContent | undefined): Reason[] {
  const found = languageOf(text)
  const own = wanted.toLowerCase().split('-')[0]
  if (found === undefined || found === own) return []
  if (own !== 'en' && own !== 'fr') {
    // Small words of other languages may be taken for English or French ones: then the parent's are, too.
    if (!parent || languageOf(wholeText(parent)) === found) return []
    const [en, fr] = found === 'en' ? ['English', 'anglais'] : ['French', 'français']
    return [
      reason(
        'LANGUAGE_WRONG',
        `Is in ${en}, and the page in the language "${own}".`,
        `Est en ${fr}, alors que la page est dans la langue « ${own} ».`,
      ),
    ]
  }
  return [
    own === 'fr'
      ? reason(
          'LANGUAGE_WRONG',
          'Is in English, and the page is in French.',
          'Est en anglais, alors que la page est en français.',
        )
      : reason(
          'LANGUAGE_WRONG',
          'Is in French, and the page is in English.',
          'Est en français, alors que la page est en anglais.',
        ),
  ]
}

/** Word for word, but for the kinds of spaces, which typography changes. */
function plainSpaces(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** At least this share of the threes of words that either page has. */
const nearlySame = 0.97

/** Whether a page is another one with hardly a word changed, and none of those that visitors read first: headlines and actions. */
export function isNearDuplicate(one: PageContent, other: PageContent): boolean {
  if (skeletonOf(one) !== skeletonOf(other)) return false
  const [a, b] = [threesOf(one), threesOf(other)]
  let both = 0
  for (const three of a) if (b.has(three)) both += 1
  const either = a.size + b.size - both
  return either === 0 || both / either >= nearlySame
}

/** The blocks in order, with their headlines and what their actions say. */
function skeletonOf(content: PageContent): string {
  const read = (value: unknown): string[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, inner]) =>
          typeof inner === 'string' && ['title', 'subtitle', 'heading', 'label'].includes(name)
            ? [plainWording(inner)]
            : read(inner),
        )
  return content.content.flatMap(({ type, props }) => [type, ...read(props)]).join('\n')
}

/** Every three words that follow one another, in reading order. */
function threesOf(content: PageContent): Set<string> {
  const words = textsOf(content).flatMap(({ text }) => plainWording(text).match(/[\p{L}\p{N}]+/gu) ?? [])
  return new Set(words.map((_, index) => words.slice(index, index + 3).join(' ')))
}
