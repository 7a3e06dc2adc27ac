import { Parser } from 'htmlparser2'
import { LRUCache } from 'lru-cache'
import { honeypotIndex, type LinkTokens, maxTargetLength } from './linkTokens.ts'

export type TrackingMode = 'none' | 'aggregate' | 'individual'

export interface TrackedMessage {
  readonly workspaceId: string
  readonly messageId: string
  readonly template: string
  readonly mode: TrackingMode
  /** Whether to add a link that people do not see, to tell scanners apart. */
  readonly honeypot: boolean
}

export interface TrackedHtml {
  readonly html: string
  /** Where the links lead that were wrapped, in their order. */
  readonly links: readonly string[]
}

type OnTag = (name: string, attributes: Record<string, string>) => void

/** Most links of a mail that are wrapped; those after them stay as they are. */
export const maxLinks = 1_000

/** Addresses of ours that are kept. */
const maxKept = 1_000

/** Puts our own addresses into the mails of an installation. */
export class LinkTracker {
  readonly #tokens: LinkTokens
  readonly #publicUrl: string
  /** Of links that tell nothing of the message, by what they tell: most mails of a template have the same. */
  readonly #shared = new LRUCache<string, string, () => string>({
    max: maxKept,
    memoMethod: (_key, _stale, { context: sign }) => sign(),
  })

  /** @param publicUrl without a trailing slash */
  constructor(tokens: LinkTokens, publicUrl: string) {
    this.#tokens = tokens
    this.#publicUrl = publicUrl
  }

  /**
   * Wraps the http(s) links of the HTML as it leaves, and adds the pixel. Everything else stays byte for byte: what stands in comments
   * is for Outlook, and a page that was taken apart and put together again would lose it.
   *
   * @param onTag hears of every tag, for whoever has something else to look at
   *
   * Not wrapped: other schemes, places in the mail, links with `data-no-track`, unsubscribe links, those above 1,800 characters.
   */
  trackHtml(html: string, message: TrackedMessage, onTag: OnTag = () => {}): TrackedHtml {
    if (message.mode === 'none') {
      new Parser({ onopentag: onTag }).end(html)
      return { html, links: [] }
    }
    const links: string[] = []
    const pieces: string[] = []
    let done = 0
    let bodyEnd: number | undefined
    const parser = new Parser({
      onopentag: (name, attributes) => {
        onTag(name, attributes)
        if ((name !== 'a' && name !== 'area') || links.length === maxLinks) return
        const target = this.target(attributes)
        if (target === undefined) return
        const href = this.clickAddress(message, links.length, target)
        links.push(target)
        pieces.push(html.slice(done, parser.startIndex), openTag(name, { ...attributes, href }))
        done = parser.endIndex + 1
      },
      onclosetag: (name, implied) => {
        if (name === 'body' && !implied) bodyEnd = parser.startIndex
      },
    })
    parser.end(html)

    const place = Math.max(bodyEnd ?? html.length, done)
    pieces.push(html.slice(done, place), this.added(message), html.slice(place))
    return { html: pieces.join(''), links }
  }

  /** Where a link leads that is to be wrapped; undefined for one that stays as it is. */
  target(attributes: Readonly<Record<string, string>>): string | undefined {
    const { href } = attributes
    if (href === undefined || 'data-no-track' in attributes) return undefined
    const target = href.trim()
    if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined
    if (target.length > maxTargetLength || target.startsWith(`${this.#publicUrl}/u/`)) return undefined
    return target
  }

  /** The address that stands in its place. @param index among the links that were wrapped, from 0 */
  clickAddress(message: TrackedMessage, index: number, target: string): string {
    return this.#address('l', message, { kind: 'click', index, target })
  }

  /** What stands at the end of the body. */
  added(message: TrackedMessage): string {
    return (message.honeypot ? this.#honeypot(message) : '') + this.#pixel(message)
  }

  #pixel(message: TrackedMessage): string {
    const address = this.#address('o', message, { kind: 'open', index: 0, target: '' })
    return `<img src="${address}.gif" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`
  }

  #honeypot(message: TrackedMessage): string {
    const address = this.clickAddress(message, honeypotIndex, this.#publicUrl)
    return `<a href="${address}" style="display:none" tabindex="-1" aria-hidden="true" rel="nofollow"></a>`
  }

  #address(
    path: 'l' | 'o',
    { workspaceId, messageId, template, mode }: TrackedMessage,
    what: { kind: 'open' | 'click'; index: number; target: string },
  ): string {
    const sign = (who: { messageId: string | null; template: string }) =>
      `${this.#publicUrl}/${path}/${this.#tokens.sign({ workspaceId, ...who, ...what })}`
    if (mode === 'individual') return sign({ messageId, template: '' })
    const key = [workspaceId, path, what.index, template, what.target].join('\n')
    return this.#shared.memo(key, { context: () => sign({ messageId: null, template }) })
  }
}

/** A tag as it is written. */
export function openTag(name: string, attributes: Readonly<Record<string, string>>): string {
  const text = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapedAttribute(value)}"`)
  return `<${name}${text.join('')}>`
}

/** What stands between quotes. */
export function escapedAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
