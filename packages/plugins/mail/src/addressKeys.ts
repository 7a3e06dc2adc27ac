import { domainToASCII } from 'node:url'
import { HmacSha256 } from '@espalier/core'
import { LRUCache } from 'lru-cache'

/** Longest address that can be delivered to (RFC 5321, 4.5.3.1). Characters. */
const maxLength = 254

/** Addresses whose hash is kept: that of a mail's is asked for when it is written, and again when it leaves. */
const maxKept = 2_000

/** Turns addresses into hashes that say nothing about them to whoever has not the key. */
export class AddressKeys {
  readonly #hmac: HmacSha256
  readonly #known = new LRUCache<string, { readonly hash: Buffer | undefined }>({
    max: maxKept,
    memoMethod: (address) => ({ hash: this.#hashOf(address) }),
  })

  constructor(secret: Buffer) {
    this.#hmac = new HmacSha256(secret)
  }

  /**
   * The same for every spelling of an address.
   *
   * @returns 32 bytes; undefined for what is no address
   */
  of(address: string): Buffer | undefined {
    return this.#known.memo(address).hash
  }

  #hashOf(address: string): Buffer | undefined {
    const plain = plainAddress(address)
    return plain === undefined ? undefined : this.#hmac.digest(Buffer.from(plain))
  }
}

/**
 * An address as it is compared: in lower case, its domain in ASCII. RFC 5321 lets a server tell `Ada@` from `ada@`; none does, and
 * whoever has unsubscribed under one spelling must not be written to under the other.
 *
 * @returns undefined for what is no address
 */
export function plainAddress(address: string): string | undefined {
  const text = address.normalize('NFC').trim().toLowerCase()
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const domain = domainToASCII(text.slice(at + 1))
  if (at < 1 || domain === '' || /[\s\p{Cc}<>(),;:\\"[\]]/u.test(local)) return undefined
  const plain = `${local}@${domain}`
  return plain.length > maxLength ? undefined : plain
}
