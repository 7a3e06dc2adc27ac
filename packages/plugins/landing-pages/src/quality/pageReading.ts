import { Parser } from 'htmlparser2'

/** What a reader meets in a part of a page, in order. */
export interface Reading {
  readonly headings: { level: number; text: string; blockId: string | null }[]
  readonly links: { href: string; text: string; blockId: string | null }[]
  readonly images: { src: string; alt: string | undefined; blockId: string | null }[]
  readonly ids: Set<string>
  words: number
}

export function newReading(): Reading {
  return { headings: [], links: [], images: [], ids: new Set(), words: 0 }
}

const unread = new Set(['head', 'style', 'script', 'template', 'title'])

/** Reads HTML that a block, or a page, was rendered to, and adds what is in it. */
export function readHtml(html: string, blockId: string | null, into: Reading): void {
  let hidden = 0
  let heading: Reading['headings'][number] | undefined
  let link: Reading['links'][number] | undefined
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (unread.has(name)) hidden += 1
      if (attributes.id) into.ids.add(attributes.id)
      if (name === 'a' && attributes.href !== undefined) {
        link = { href: attributes.href, text: '', blockId }
        into.links.push(link)
      }
      if (name === 'img') into.images.push({ src: attributes.src ?? '', alt: attributes.alt, blockId })
      const level = /^h([1-6])$/.exec(name)?.[1]
      if (level) {
        heading = { level: Number(level), text: '', blockId }
        into.headings.push(heading)
      }
    },
    ontext: (text) => {
      if (hidden > 0) return
      if (heading) heading.text += text
      if (link) link.text += text
      into.words += text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
    },
    onclosetag: (name) => {
      if (unread.has(name)) hidden -= 1
      if (name === 'a') link = undefined
      if (/^h[1-6]$/.test(name)) heading = undefined
    },
  })
  parser.end(html)
}
