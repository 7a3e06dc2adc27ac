import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
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
}

/** Signs page contexts, so that nobody can claim another variant, another page or another visitor. */
export class PageContextSigner {
  /** Made once: from a buffer Node would make one for each signature, at four times the cost of signing. */
  readonly #secret: KeyObject

  constructor(secret: Buffer) {
    this.#secret = createSecretKey(secret)
  }

  /** The context as a token: base64url JSON, a dot, HMAC-SHA256. */
  sign(context: PageContext): string {
    const { workspaceId: w, siteId: s, pageId: p, visitorId: v, experiments: e, day: d } = context
    const body = Buffer.from(JSON.stringify({ w, s, p, v, e, d })).toString('base64url')
    return `${body}.${this.#signature(body).toString('base64url')}`
  }

  /** The context of a token, or undefined when this server has not signed it. */
  read(token: string): PageContext | undefined {
    const [body = '', signature = ''] = token.split('.')
    const given = Buffer.from(signature, 'base64url')
    const right = this.#signature(body)
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
    const { w, s, p, v, e, d } = signedBody.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
    return { workspaceId: w, siteId: s, pageId: p, visitorId: v, experiments: e, ...(d && { day: d }) }
  }

  #signature(body: string): Buffer {
    return createHmac('sha256', this.#secret).update(body).digest()
  }
}

const signedBody = z.object({
  w: z.string(),
  s: z.string(),
  p: z.string().nullable(),
  v: z.string(),
  e: z.record(z.string(), z.string()),
  d: z.string().optional(),
})
