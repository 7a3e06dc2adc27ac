import { createHmac, createSecretKey, type Hmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'

/** Longest token that is looked at. Characters. */
const maxLength = 4_096

/** Hands facts to browsers that come back unchanged or not at all. Readable by whoever holds them. */
export class TokenSigner<Facts> {
  /** Made once: from a buffer Node would make one for each signature, at four times the cost of signing. */
  readonly #secret: KeyObject
  readonly #facts: z.ZodType<Facts>

  /** @param secret of this purpose alone: a token for one thing must not pass for another */
  constructor(secret: Buffer, facts: z.ZodType<Facts>) {
    this.#secret = createSecretKey(secret)
    this.#facts = facts
  }

  /** base64url JSON, a dot, HMAC-SHA256. */
  sign(facts: Facts): string {
    const body = Buffer.from(JSON.stringify(facts)).toString('base64url')
    return `${body}.${this.#hmac(body).digest('base64url')}`
  }

  /** The facts of a token, or undefined when this server has not signed them. */
  read(token: string): Facts | undefined {
    if (token.length > maxLength) return undefined
    const [body = '', signature = ''] = token.split('.')
    const given = Buffer.from(signature, 'base64url')
    const right = this.#hmac(body).digest()
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
    return this.#facts.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data
  }

  /** Digested as text where text is wanted: a buffer in between costs as much as the hash. */
  #hmac(body: string): Hmac {
    return createHmac('sha256', this.#secret).update(body)
  }
}
