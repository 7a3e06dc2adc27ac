import { Parser } from 'htmlparser2'
import type { BlankedHtml } from '../templates/blankedHtml.ts'
import { isSafeLink, linkAttributes, MarkupCheck } from '../templates/checkMarkup.ts'
import { blank, unescaped } from '../templates/engine.ts'
import { textOf } from '../templates/render.ts'
import { escapedAttribute, type LinkTracker, maxLinks, type TrackedMessage } from '../tracking/trackHtml.ts'
import { FormTexts } from './formText.ts'

/** Text that is cut where values belong. */
interface Blanked {
  /** One more than {@link places}. */
  readonly pieces: readonly string[]
  /** Which of the letter's values stand between the pieces. */
  readonly places: readonly number[]
}

interface Attribute {
  readonly name: string
  readonly value: Blanked
}

/** A tag that may be wrapped, and the HTML before it. */
interface LinkTag {
  readonly before: Blanked
  /** As it stands in the template. */
  readonly source: Blanked
  readonly href: Blanked
  /** The tag as it is written anew, up to its address and from there. */
  readonly around: readonly [Blanked, Blanked]
}

export interface WrittenLetter {
  readonly html: string
  readonly text: string
}

/**
 * HTML that was parsed once for all mails that differ by their values alone. To parse it again for each, for links, for what no
 * mail may have and for the text beside it, is most of what a mail takes.
 *
 * Values are escaped, so where they stand in text or between quotes they cannot change how the rest is read. A template that has
 * them elsewhere has no form letter.
 */
export class FormLetter {
  readonly #links: readonly LinkTag[]
  /** After the last link: up to the end of the body, and from there. */
  readonly #rest: readonly [Blanked, Blanked]
  /** Links whose addresses depend on values. */
  readonly #checked: readonly Blanked[]
  /** What shows in text, without the rest: read for each letter where {@link #texts} cannot be. */
  readonly #text: Blanked
  readonly #texts: FormTexts

  private constructor(parts: {
    links: readonly LinkTag[]
    rest: readonly [Blanked, Blanked]
    checked: readonly Blanked[]
    text: Blanked
  }) {
    this.#links = parts.links
    this.#rest = parts.rest
    this.#checked = parts.checked
    this.#text = parts.text
    this.#texts = new FormTexts((values) => filled(parts.text, values))
  }

  /** @returns undefined where mails like this one have to be parsed one by one */
  static of({ pieces, values }: BlankedHtml): FormLetter | undefined {
    const html = pieces.join('')
    // A value here could become a part of a tag or of an entity.
    if (/(?:<|&[#\w]*)\uE0B1/.test(html) || html.split(blank).length - 1 !== values.length) return undefined
    const reading = new Reading(html)
    const parts = reading.parts(values.length)
    return parts && new FormLetter(parts)
  }

  /** @returns undefined where a value makes an address that no mail may have, for whoever says so */
  write(values: readonly string[], tracker: LinkTracker, message: TrackedMessage): WrittenLetter | undefined {
    if (!this.#checked.every((address) => isSafeLink(filled(address, values, unescaped)))) return undefined
    const text = this.#texts.write(values) ?? textOf(filled(this.#text, values))
    return { html: this.#html(values, tracker, message), text }
  }

  #html(values: readonly string[], tracker: LinkTracker, message: TrackedMessage): string {
    const tracked = message.mode !== 'none'
    let html = ''
    let index = 0
    for (const { before, source, href, around } of this.#links) {
      html += filled(before, values)
      const target = tracked ? tracker.target({ href: filled(href, values, unescaped) }) : undefined
      if (target === undefined) html += filled(source, values)
      else {
        const [head, tail] = around
        const address = escapedAttribute(tracker.clickAddress(message, index++, target))
        html += `${filled(head, values, quoted)}${address}${filled(tail, values, quoted)}`
      }
    }
    const [body, end] = this.#rest
    return `${html}${filled(body, values)}${tracked ? tracker.added(message) : ''}${filled(end, values)}`
  }
}

function quoted(value: string): string {
  return escapedAttribute(unescaped(value))
}

function filled({ pieces, places }: Blanked, values: readonly string[], as?: (value: string) => string): string {
  let text = pieces[0] as string
  for (let index = 0; index < places.length; index++) {
    const value = values[places[index] as number] as string
    text += (as ? as(value) : value) + pieces[index + 1]
  }
  return text
}

/** Finds what a {@link FormLetter} needs in HTML with blanks. */
class Reading {
  readonly #html: string
  readonly #check = new MarkupCheck()
  readonly #links: LinkTag[] = []
  readonly #checked: Blanked[] = []
  /** Parts that the text does without, or has in short, in their order. */
  readonly #edits: { readonly from: number; readonly to: number; readonly as: readonly Blanked[] }[] = []
  #attributes: Attribute[] = []
  /** Blanks that stand where a value changes nothing around it. */
  #seen = 0
  #linksEnd = 0
  #bodies = 0
  #bodyBegin = 0
  #bodyEnd: number | undefined
  #fits = true
  #openedAt = 0
  /** Whether each tag is closed by its own: else one that shows nothing may end what does, like a paragraph. */
  #nested = true

  constructor(html: string) {
    this.#html = html
  }

  parts(blanks: number) {
    const parser = new Parser({
      onopentagname: () => {
        this.#attributes = []
      },
      onattribute: (name, value, quote) => this.#attribute(name, value, quote),
      onopentag: (name, attributes) => this.#openTag(name, attributes, parser),
      ontext: (text) => {
        this.#seen += blanksIn(text)
      },
      oncomment: () => {
        this.#edits.push({ from: parser.startIndex, to: parser.endIndex + 1, as: [] })
      },
      onclosetag: (name, implied) => {
        if (implied) {
          // One that has no content is closed where it is opened.
          this.#nested &&= parser.startIndex === this.#openedAt
          return
        }
        if (name === 'body') this.#bodyEnd = parser.startIndex
        if (silentTags.has(name)) this.#edits.push({ from: parser.startIndex, to: parser.endIndex + 1, as: [] })
      },
    })
    parser.end(this.#html)
    const bodyEnd = this.#bodyEnd ?? this.#html.length
    const usual = this.#bodies <= 1 && this.#linksEnd <= bodyEnd && this.#links.length <= maxLinks
    if (!this.#fits || !usual || this.#seen !== blanks || this.#check.problem) return undefined
    const rest = [this.#cut(this.#linksEnd, bodyEnd), this.#cut(bodyEnd, this.#html.length)] as const
    return { links: this.#links, rest, checked: this.#checked, text: this.#asText() }
  }

  #attribute(name: string, value: string, quote: string | null | undefined): void {
    const within = blanksIn(value)
    if (within > 0 && !quote) this.#fits = false
    // The first of a name counts.
    if (!this.#attributes.some((known) => known.name === name))
      this.#attributes.push({ name, value: blanked(value, this.#seen) })
    this.#seen += within
  }

  #openTag(name: string, attributes: Readonly<Record<string, string>>, parser: Parser): void {
    this.#check.openTag(name, attributes)
    const [from, to] = [parser.startIndex, parser.endIndex + 1]
    this.#openedAt = from
    if (name === 'body') {
      this.#bodies++
      this.#bodyBegin = from
    }
    for (const { name, value } of this.#attributes)
      if (linkAttributes.has(name) && value.places.length > 0) this.#checked.push(value)
    if ((name === 'a' || name === 'area') && 'href' in attributes && !('data-no-track' in attributes))
      this.#link(name, from, to)
    const short = this.#short(name)
    if (short) this.#edits.push({ from, to, as: [...short, asIs(this.#html[to - 2] === '/' ? '/>' : '>')] })
    else if (silentTags.has(name)) this.#edits.push({ from, to, as: [] })
  }

  #link(name: string, from: number, to: number): void {
    const place = this.#attributes.findIndex(({ name }) => name === 'href')
    const written = (attributes: readonly Attribute[]) => attributes.flatMap(inQuotes)
    const { value: href } = this.#attributes[place] as Attribute
    const head = joined([asIs(`<${name}`), ...written(this.#attributes.slice(0, place)), asIs(' href="')])
    const tail = joined([asIs('"'), ...written(this.#attributes.slice(place + 1)), asIs('>')])
    this.#links.push({
      before: this.#cut(this.#linksEnd, from),
      source: this.#cut(from, to),
      href,
      around: [head, tail],
    })
    this.#linksEnd = to
  }

  /** The tag without what does not show in text, and without its end; undefined where it is as short as that. */
  #short(name: string): Blanked[] | undefined {
    if (silentTags.has(name)) return undefined
    const kept = this.#attributes.filter(({ name }) => textAttributes.has(name))
    return kept.length === this.#attributes.length ? undefined : [asIs(`<${name}`), ...kept.flatMap(inQuotes)]
  }

  /** Of the body alone: what stands before it is not shown. */
  #asText(): Blanked {
    if (!this.#nested) return blanked(this.#html, 0)
    const parts: Blanked[] = []
    let done = this.#bodyBegin
    for (const { from, to, as } of this.#edits) {
      if (from < done) continue
      parts.push(this.#cut(done, from), ...as)
      done = to
    }
    const { pieces, places } = joined([...parts, this.#cut(done, this.#html.length)])
    // Any white space is one space, but where it is shown as it stands.
    const asShown = this.#html.includes('<pre')
    return { pieces: asShown ? pieces : pieces.map((piece) => piece.replace(/[ \t\r\n]+/g, '\n')), places }
  }

  /** Cuts out a part of the HTML. */
  #cut(from: number, to: number): Blanked {
    return blanked(this.#html.slice(from, to), blanksIn(this.#html.slice(0, from)))
  }
}

/** Attributes that the text shows, or is laid out by. */
const textAttributes = new Set(['href', 'start', 'type'])

/** Tags that text is read without. */
const silentTags = new Set([
  'tbody',
  'thead',
  'tr',
  'td',
  'th',
  'span',
  'b',
  'strong',
  'i',
  'em',
  'u',
  'font',
  'center',
])

/** @param first the place of the first value in it */
function blanked(text: string, first: number): Blanked {
  const pieces = text.split(blank)
  return { pieces, places: pieces.slice(1).map((_, index) => first + index) }
}

function asIs(text: string): Blanked {
  return { pieces: [text], places: [] }
}

/** An attribute as it is written. Values are escaped already. */
function inQuotes({ name, value: { pieces, places } }: Attribute): Blanked[] {
  return [asIs(` ${name}="`), { pieces: pieces.map(escapedAttribute), places }, asIs('"')]
}

function joined(parts: readonly Blanked[]): Blanked {
  const pieces = ['']
  for (const {
    pieces: [first = '', ...others],
  } of parts) {
    pieces[pieces.length - 1] += first
    pieces.push(...others)
  }
  return { pieces, places: parts.flatMap(({ places }) => places) }
}

function blanksIn(text: string): number {
  let count = 0
  for (let at = text.indexOf(blank); at !== -1; at = text.indexOf(blank, at + 1)) count++
  return count
}
