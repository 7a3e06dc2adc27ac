import type { z } from 'zod'
import { HmacSha256 } from './hmac.ts'

/** Longest token that is looked at. Characters. */
const maxLength = 4_096

/** Hands facts to browsers that come back unchanged or not at all. Readable by whoever holds them. */
export class TokenSigner<Facts> {
  readonly #hmac: HmacSha256
  readonly #facts: z.ZodType<Facts>

  /** @param secret of this purpose alone: a token for one thing must not pass for another */
  constructor(secret: Buffer, facts: z.ZodType<Facts>) {
    this.#hmac = new HmacSha256(secret)
    this.#facts = facts
  }

  /** base64url JSON, a dot, HMAC-SHA256. */
  sign(facts: Facts): string {
    const body = Buffer.from(JSON.stringify(facts)).toString('base64url')
    return `${body}.${this.#hmac.sign(body)}`
  }

  /** The facts of a token, or undefined when this server has not signed them. */
  read(token: string): Facts | undefined {
    if (token.length > maxLength) return undefined
    const [body = '', signature = ''] = token.split('.')
    if (!this.#hmac.verify(body, signature)) return undefined
    return this.#facts.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data
  }
}
