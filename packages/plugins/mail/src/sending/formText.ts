import { Parser } from 'htmlparser2'
import { LRUCache } from 'lru-cache'
import { unescaped } from '../templates/engine.ts'
import { lineLength, unwrappedTextOf } from '../templates/render.ts'

/** A line of text, cut where values belong. */
interface Line {
  /** One more than {@link places}. */
  readonly pieces: readonly string[]
  /** Which of the values stand between the pieces. */
  readonly places: readonly number[]
}

/** Most texts of a form letter that are kept. */
const maxTexts = 20

/**
 * The texts of a form letter. A value that is empty, such as a name that is not known, lets what is around it close up, so there is
 * one for each choice of those.
 */
export class FormTexts {
  readonly #texts: LRUCache<string, { readonly text: FormText | undefined }, readonly string[]>

  /** @param filled the HTML with so many values in it */
  constructor(filled: (values: readonly string[]) => string) {
    this.#texts = new LRUCache({
      max: maxTexts,
      memoMethod: (_empty, _stale, { context: values }) => ({
        text: FormText.of(filled(values.map((value, place) => (value === '' ? '' : placeOf(place))))),
      }),
    })
  }

  /** @param values escaped @returns undefined where the text has to be read from the HTML of each mail */
  write(values: readonly string[]): string | undefined {
    let empty = ''
    for (let place = 0; place < values.length; place++) if (values[place] === '') empty += `${place} `
    return this.#texts.memo(empty, { context: values }).text?.write(values)
  }
}

/**
 * The text of all mails that differ by their values alone, read from their HTML once: values are filled into its lines, and lines
 * wrapped as `textOf` wraps them.
 */
export class FormText {
  readonly #lines: readonly Line[]
  /** Values that stand in them. */
  readonly #shown: readonly number[]
  /** Values that addresses begin with: of other schemes some are shown otherwise. */
  readonly #schemes: readonly number[]

  private constructor(lines: readonly Line[], schemes: readonly number[]) {
    this.#lines = lines
    this.#shown = [...new Set(lines.flatMap(({ places }) => places))]
    this.#schemes = schemes
  }

  /**
   * @param html with {@link placeOf} in the place of each value, or with nothing there
   * @returns undefined where lines are more than words one after another, or values decide what is shown
   */
  static of(html: string): FormText | undefined {
    if (/<(?:ul|ol|li|menu|dir|blockquote|pre|hr|wbr)\b/i.test(html)) return undefined
    const schemes = schemesIn(html)
    return schemes && new FormText(unwrappedTextOf(html).split('\n').map(lineOf), schemes)
  }

  /** @param values escaped @returns undefined for values that change more than the words where they stand */
  write(values: readonly string[]): string | undefined {
    const words = values.map((value) => unescaped(value).replace(/[ \t\r\n\f\u200b]+/g, ' '))
    const fits = (place: number) => {
      const word = words[place] as string
      return word !== '' && !word.startsWith(' ') && !word.endsWith(' ')
    }
    if (!this.#shown.every(fits)) return undefined
    if (!this.#schemes.every((place) => isWeb(words[place] as string))) return undefined
    const lines = this.#lines.map(({ pieces, places }) =>
      wrapped(pieces.reduce((line, piece, index) => line + words[places[index - 1] as number] + piece)),
    )
    return lines.join('\n').trim()
  }
}

/** Stands for a value of the letter. */
export function placeOf(value: number): string {
  return `\uE0B1${value}\uE0B1`
}

const place = /\uE0B1(\d+)\uE0B1/

function lineOf(line: string): Line {
  const parts = line.split(place)
  return {
    pieces: parts.filter((_, index) => index % 2 === 0),
    places: parts.filter((_, index) => index % 2 === 1).map(Number),
  }
}

function isWeb(address: string): boolean {
  return /^https?:\/\//.test(address)
}

/** Greedily: a word that is longer than a line has one of its own. */
function wrapped(line: string): string {
  if (line.length <= lineLength) return line
  let text = ''
  let length = 0
  for (const word of line.split(' ')) {
    const fits = length > 0 && length + 1 + word.length <= lineLength
    text += length === 0 ? word : fits ? ` ${word}` : `\n${word}`
    length = fits ? length + 1 + word.length : word.length
  }
  return text
}

/**
 * An address is left out where it is what its link says. So links must say something else, whatever the values are.
 *
 * @returns the values that addresses begin with; undefined where a link may say its own address
 */
function schemesIn(html: string): number[] | undefined {
  const schemes: number[] = []
  const open: { readonly href: string; said: string }[] = []
  let apart = true
  const parser = new Parser({
    onopentag: (name, { href = '' }) => {
      if (name === 'a') open.push({ href, said: '' })
    },
    ontext: (text) => {
      for (const link of open) link.said += text
    },
    onclosetag: (name) => {
      const link = name === 'a' ? open.pop() : undefined
      if (!link || !place.test(link.href + link.said)) return
      const scheme = new RegExp(`^${place.source}`).exec(link.href)
      if (scheme) schemes.push(Number(scheme[1]))
      else if (!isWeb(link.href)) apart = false
      if (/^[\s\u200b]*[h\uE0B1]/i.test(link.said)) apart = false
    },
  })
  parser.end(html)
  return apart ? schemes : undefined
}
