import { LRUCache } from 'lru-cache'
import { type BlankedHtml, renderBlanked } from '../templates/blankedHtml.ts'
import { MarkupCheck } from '../templates/checkMarkup.ts'
import type { CompiledTemplate } from '../templates/compile.ts'
import { asInput, type MailVariables, renderHtml, textOf } from '../templates/render.ts'
import type { LinkTracker, TrackedMessage } from '../tracking/trackHtml.ts'
import { FormLetter, type WrittenLetter } from './formLetter.ts'

/** Of HTML with blanks: seen once, found to have no form letter, or its form letter. */
type Known = 'once' | 'none' | FormLetter

/** Most ways in which a template turns out that are remembered: its loops and conditions may make another of each mail. */
const maxForms = 20

/** Most pieces of a template that are told apart, before they are counted anew. */
const mostPieces = 10_000

/** Makes HTML and text of templates; what mails have in common is worked out once. */
export class LetterWriter {
  readonly #tracker: LinkTracker
  readonly #forms = new WeakMap<CompiledTemplate, Forms>()

  constructor(tracker: LinkTracker) {
    this.#tracker = tracker
  }

  /** @throws InvalidInputError for a variable that is missing, and for what no mail may have */
  write(
    template: CompiledTemplate,
    data: Readonly<Record<string, unknown>>,
    mail: MailVariables,
    message: TrackedMessage,
  ): WrittenLetter {
    const byItself = () => this.#writeByItself(renderHtml(template, data, mail), message)
    if (!template.blankable) return byItself()
    const blanked = asInput(() => renderBlanked(template.html, { ...data, mail }))
    const forms = this.#formsOf(template)
    const key = forms.keyOf(blanked)
    const known = forms.known.get(key)
    if (known instanceof FormLetter) return known.write(blanked.values, this.#tracker, message) ?? byItself()
    const letter = byItself()
    if (known === undefined) forms.known.set(key, 'once')
    if (known !== 'once') return letter
    const form = FormLetter.of(blanked)
    // Two ways to the same: where they do not meet, the longer one is right.
    const same = form?.write(blanked.values, this.#tracker, message)
    forms.known.set(key, form && same?.html === letter.html && same.text === letter.text ? form : 'none')
    return letter
  }

  #formsOf(template: CompiledTemplate): Forms {
    const known = this.#forms.get(template)
    if (known) return known
    const forms = new Forms()
    this.#forms.set(template, forms)
    return forms
  }

  #writeByItself(html: string, message: TrackedMessage): WrittenLetter {
    const check = new MarkupCheck()
    const tracked = this.#tracker.trackHtml(html, message, (name, attributes) => check.openTag(name, attributes))
    asInput(() => check.end())
    // Of the HTML without our addresses: in plain text, people see where links lead.
    return { html: tracked.html, text: textOf(html) }
  }
}

/** What is known of the ways in which a template turns out. */
class Forms {
  readonly known = new LRUCache<string, Known>({ max: maxForms })
  readonly #numbers = new Map<string, number>()

  /**
   * Short where the HTML is long: by the numbers of its pieces. Most of them stand in the template, and a string that was looked up
   * before is found without reading it again.
   */
  keyOf({ pieces }: BlankedHtml): string {
    // Counters make new pieces.
    if (this.#numbers.size > mostPieces) {
      this.#numbers.clear()
      this.known.clear()
    }
    let key = ''
    for (const piece of pieces) {
      let number = this.#numbers.get(piece)
      if (number === undefined) {
        number = this.#numbers.size
        this.#numbers.set(piece, number)
      }
      key += `${number} `
    }
    return key
  }
}
