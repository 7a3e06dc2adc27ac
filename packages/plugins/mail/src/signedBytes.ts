import { timingSafeEqual } from 'node:crypto'
import { HmacSha256 } from '@espalier/core'

/** Bytes of the signature: 128 bits, as RFC 2104 (5) allows of HMAC-SHA256. They keep addresses in mails short. */
const signatureLength = 16

/** Longest token that is looked at. Characters. */
const maxLength = 4_096

/** Bytes that leave in a mail and come back unchanged or not at all. Readable by whoever holds them. */
export class SignedBytes {
  readonly #hmac: HmacSha256

  /** @param secret of this purpose alone: a token for one thing must not pass for another */
  constructor(secret: Buffer) {
    this.#hmac = new HmacSha256(secret)
  }

  sign(bytes: Buffer): string {
    return Buffer.concat([bytes, this.#signature(bytes)]).toString('base64url')
  }

  /** @returns undefined when this installation has not signed it, in a time that does not tell how much of it is right */
  read(token: string): Buffer | undefined {
    if (token.length > maxLength) return undefined
    const all = Buffer.from(token, 'base64url')
    // base64url has several spellings of the same bytes; one of them is ours.
    if (all.length <= signatureLength || all.toString('base64url') !== token) return undefined
    const bytes = all.subarray(0, -signatureLength)
    return timingSafeEqual(all.subarray(-signatureLength), this.#signature(bytes)) ? bytes : undefined
  }

  #signature(bytes: Buffer): Buffer {
    return this.#hmac.digest(bytes).subarray(0, signatureLength)
  }
}
