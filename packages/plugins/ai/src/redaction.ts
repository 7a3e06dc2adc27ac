import { isIP } from 'node:net'

/** Personal data in texts, in the order in which it is looked for: what one kind has taken no other looks at. */
const kinds: readonly {
  readonly name: string
  readonly pattern: RegExp
  readonly holds?: (found: string) => boolean
}[] = [
  {
    name: 'email',
    pattern: /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,63}/gu,
  },
  // In groups of four or in one, as it is written on paper and in forms.
  { name: 'iban', pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gi, holds: isIban },
  { name: 'card', pattern: /(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])/g, holds: isCardNumber },
  {
    name: 'ip address',
    pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g,
    holds: (found) => isIP(found) === 4,
  },
  {
    name: 'ip address',
    pattern: /(?<![\p{L}\p{N}:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\p{L}\p{N}:])/giu,
    holds: (found) => found.length > 4 && isIP(found) === 6,
  },
  // +33 (0)6 12 34 56 78, 0044 20 7946 0958, +1 (212) 555-0123
  {
    name: 'phone',
    pattern: /(?<![\p{L}\d])(?:\+|00)[1-9]\d{0,2}(?:[ \u00a0\u202f.-]?\(?\d{1,4}\)?){2,7}(?!\d)/gu,
    holds: hasDigits(8, 15),
  },
  // France: 06 12 34 56 78, 01.42.68.53.00
  { name: 'phone', pattern: /(?<![\d.,])0[1-9](?:[ \u00a0\u202f.-]?\d{2}){4}(?!\d|,\d)/g },
  // North America: (212) 555-0123, 212-555-0123
  { name: 'phone', pattern: /(?<![\d.,])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-. ]\d{4}(?!\d)/g },
  // United Kingdom: 020 7946 0958, 07700 900123
  {
    name: 'phone',
    pattern: /(?<![\d.,])0(?:\d{2} \d{4} \d{4}|\d{3} \d{3} \d{4}|\d{4} \d{6}|\d{4} \d{3} \d{3}|7\d{9})(?!\d)/g,
  },
]

/**
 * Replaces personal data by what it is, "[email 1]", the same data by the same words throughout a request, and puts it back
 * into the answer. It finds what has a form: names and addresses of streets it does not know.
 */
export class Redaction {
  readonly #placeholders = new Map<string, string>()
  readonly #originals = new Map<string, string>()
  readonly #numbers = new Map<string, number>()
  readonly #taken: string

  /** @param texts everything that may be redacted: what looks like a placeholder in them is left to mean itself */
  constructor(texts: readonly string[]) {
    this.#taken = texts.join('\n').toLowerCase()
  }

  /** Different data that was replaced so far. */
  get count(): number {
    return this.#originals.size
  }

  redact(text: string): string {
    return kinds.reduce(
      (result, { name, pattern, holds }) =>
        result.replace(pattern, (found) => (holds && !holds(found) ? found : this.#placeholder(name, found))),
      text,
    )
  }

  restore(text: string): string {
    if (this.count === 0) return text
    return text.replace(placeholder, (found) => this.#originals.get(found.toLowerCase()) ?? found)
  }

  /** Restores a text that comes piece by piece: holds back what may be the beginning of a placeholder. */
  restorePieces(onText: (piece: string) => void): { push(piece: string): void; end(): void } {
    let held = ''
    const pass = (text: string) => text && onText(this.restore(text))
    return {
      push: (piece) => {
        held += piece
        const open = held.lastIndexOf('[')
        const unfinished = open >= 0 && !held.includes(']', open) && held.length - open < longest
        pass(unfinished ? held.slice(0, open) : held)
        held = unfinished ? held.slice(open) : ''
      },
      end: () => pass(held),
    }
  }

  #placeholder(kind: string, found: string): string {
    const key = `${kind} ${found.toLowerCase()}`
    let made = this.#placeholders.get(key)
    if (!made) {
      do {
        const number = (this.#numbers.get(kind) ?? 0) + 1
        this.#numbers.set(kind, number)
        made = `[${kind} ${number}]`
      } while (this.#taken.includes(made))
      this.#placeholders.set(key, made)
      this.#originals.set(made, found)
    }
    return made
  }
}

const placeholder = /\[(?:email|iban|card|ip address|phone) \d+\]/gi
const longest = '[ip address 10000]'.length

/** ISO 13616: the letters as numbers, the first four characters last, modulo 97. */
function isIban(found: string): boolean {
  const text = found.replaceAll(' ', '').toUpperCase()
  if (text.length < 15 || text.length > 34) return false
  const digits = (text.slice(4) + text.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

/** ISO/IEC 7812: the Luhn check. */
function isCardNumber(found: string): boolean {
  const digits = found.replace(/\D/g, '')
  if (/^(\d)\1+$/.test(digits)) return false
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const doubled = place % 2 === 1 ? 2 * digit : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

function hasDigits(least: number, most: number) {
  return (found: string) => {
    const { length } = found.replace(/\D/g, '')
    return length >= least && length <= most
  }
}
