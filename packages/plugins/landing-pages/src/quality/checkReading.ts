import { type Remark, remark } from './finding.ts'
import type { Reading } from './pageReading.ts'

/** Words a minute of an adult who reads English silently. Source: Brysbaert (2019), Journal of Memory and Language 109. */
const wordsPerMinute = 238

/** A landing page that takes longer is read by few to its end. Minutes. */
const longestRead = 5

/** Most bytes of HTML and CSS together, before compression: 50 kB. */
export const weightBudget = 50_000

/** Minutes that reading takes, not rounded. */
export function readingMinutes(words: number): number {
  return words / wordsPerMinute
}

/** Headings in order, images described, a length that is read and a weight that arrives. */
export function checkReading({ headings, images, words }: Reading, bytes: number): Remark[] {
  return [
    ...headingRemarks(headings),
    ...images.flatMap(imageRemarks),
    ...lengthRemarks(words),
    ...weightRemarks(bytes),
  ]
}

function headingRemarks(headings: Reading['headings']): Remark[] {
  const [first] = headings
  const remarks: Remark[] = []
  if (first?.level !== 1)
    remarks.push(
      remark(
        'HEADING_FIRST',
        first
          ? {
              en: `The first heading, "${short(first.text)}", is of level ${first.level}. Begin the page with a block whose heading is of level 1, such as Hero.`,
              fr: `Le premier titre, « ${short(first.text)} », est de niveau ${first.level}. Commencez la page par un bloc au titre de niveau 1, comme l’en-tête.`,
            }
          : {
              en: 'The page has no heading. Begin it with a block that has one, such as Hero.',
              fr: 'La page n’a pas de titre. Commencez-la par un bloc qui en a un, comme l’en-tête.',
            },
        first?.blockId ?? null,
      ),
    )
  for (const { text, blockId } of headings.filter(({ level }) => level === 1).slice(1))
    remarks.push(
      remark(
        'HEADING_TWICE',
        {
          en: `"${short(text)}" is a second heading of level 1. Keep one Hero, and use other blocks for the rest.`,
          fr: `« ${short(text)} » est un deuxième titre de niveau 1. Gardez un seul en-tête, et d’autres blocs pour le reste.`,
        },
        blockId,
      ),
    )
  headings.forEach(({ level, text, blockId }, index) => {
    const before = headings[index - 1]
    if (before && level > before.level + 1)
      remarks.push(
        remark(
          'HEADING_SKIPPED',
          {
            en: `"${short(text)}" is of level ${level} and comes after "${short(before.text)}" of level ${before.level}. Put a block with a heading of level ${before.level + 1} between them.`,
            fr: `« ${short(text)} » est de niveau ${level} et suit « ${short(before.text)} » de niveau ${before.level}. Mettez entre eux un bloc au titre de niveau ${before.level + 1}.`,
          },
          blockId,
        ),
      )
  })
  return remarks
}

function imageRemarks({ src, alt, blockId }: Reading['images'][number]): Remark[] {
  if (alt) return []
  return [
    remark(
      'ALT_MISSING',
      {
        en: `The image ${short(src)} has no alternative text. Write what it shows in "alt"; leave it empty only where it is decoration.`,
        fr: `L’image ${short(src)} n’a pas de texte de remplacement. Écrivez ce qu’elle montre ; laissez vide seulement si elle décore.`,
      },
      blockId,
    ),
  ]
}

function lengthRemarks(words: number): Remark[] {
  const minutes = readingMinutes(words)
  if (minutes <= longestRead) return []
  return [
    remark('TEXT_LONG', {
      en: `The page has ${words.toLocaleString('en')} words, which take ${Math.round(minutes)} minutes to read. Cut it to ${longestRead}, or move the rest to another page.`,
      fr: `La page a ${words.toLocaleString('fr')} mots, soit ${Math.round(minutes)} minutes de lecture. Ramenez-la à ${longestRead}, ou mettez le reste sur une autre page.`,
    }),
  ]
}

function weightRemarks(bytes: number): Remark[] {
  if (bytes <= weightBudget) return []
  return [
    remark('PAGE_HEAVY', {
      en: `HTML and CSS weigh ${(bytes / 1000).toFixed(1)} kB; the budget is ${weightBudget / 1000} kB. Remove blocks or shorten their text.`,
      fr: `Le HTML et le CSS pèsent ${(bytes / 1000).toFixed(1).replace('.', ',')} ko ; le budget est de ${weightBudget / 1000} ko. Retirez des blocs ou raccourcissez leur texte.`,
    }),
  ]
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
