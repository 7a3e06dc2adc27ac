import { HmacSha256 } from '@espalier/core'
import { z } from 'zod'

/** What the server decided when it rendered a page, and a browser may not choose for itself. */
export interface PageContext {
  readonly workspaceId: string
  readonly siteId: string
  readonly pageId: string | null
  readonly visitorId: string
  /** Experiment id → variant id. */
  readonly experiments: Readonly<Record<string, string>>
  /** The day (UTC) on which the visitor is this one, where they are told apart for a day only. */
  readonly day?: string
  /** Which view of the page this is, where what visitors send from it has to be told from what others make up. */
  readonly view?: PageView
}

/** One time that a page was served. */
export interface PageView {
  /** Of this view alone. */
  readonly id: string
  /** Of what was shown, as the page's plugin names it: such as the key of a variant. */
  readonly shown: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Signs page contexts, so that nobody can claim another variant, another page or another visitor. */
export class PageContextSigner {
  readonly #hmac: HmacSha256

  constructor(secret: Buffer) {
    this.#hmac = new HmacSha256(secret)
  }

  /** The context as a token: base64url JSON, a dot, HMAC-SHA256. */
  sign(context: PageContext): string {
    const { workspaceId: w, siteId: s, pageId: p, visitorId: v, experiments: e, day: d, view } = context
    const facts = { w, s, p, v, e, d, n: view?.id, k: view?.shown, t: view?.at }
    const body = Buffer.from(JSON.stringify(facts)).toString('base64url')
    return `${body}.${this.#hmac.sign(body)}`
  }

  /** The context of a token, or undefined when this server has not signed it. */
  read(token: string): PageContext | undefined {
    const [body = '', signature = ''] = token.split('.')
    if (!this.#hmac.verify(body, signature)) return undefined
    const { w, s, p, v, e, d, n, k, t } = signedBody.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
    const view = n !== undefined && k !== undefined && t !== undefined ? { id: n, shown: k, at: t } : undefined
    return {
      workspaceId: w,
      siteId: s,
      pageId: p,
      visitorId: v,
      experiments: e,
      ...(d && { day: d }),
      ...(view && { view }),
    }
  }
}

const signedBody = z.object({
  w: z.string(),
  s: z.string(),
  p: z.string().nullable(),
  v: z.string(),
  e: z.record(z.string(), z.string()),
  d: z.string().optional(),
  n: z.string().optional(),
  k: z.string().optional(),
  t: z.number().optional(),
})
