import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 works on blocks of so many bytes. */
const blockSize = 64

/** Texts up to this length share a buffer. Characters. */
const ordinaryLength = 2_048

/**
 * HMAC-SHA256 (RFC 2104) of texts and bytes, under one key: H(K ⊕ opad ‖ H(K ⊕ ipad ‖ text)), on Node's one-shot hash. What Node's
 * `createHmac` makes is an object outside of JavaScript for each signature; where every page view is signed, making and
 * collecting them costs more than the hashing.
 */
export class HmacSha256 {
  readonly #inner: Buffer
  readonly #outer: Buffer

  /** @param key at most 64 bytes */
  constructor(key: Buffer) {
    if (key.length > blockSize) throw new RangeError(`The key has ${key.length} bytes. Give it ${blockSize} at most.`)
    this.#inner = Buffer.alloc(blockSize + 3 * ordinaryLength, 0x36)
    this.#outer = Buffer.alloc(blockSize + 32, 0x5c)
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
  }

  /** Of the text's UTF-8 bytes, as base64url. */
  sign(text: string): string {
    const inner = text.length > ordinaryLength ? this.#roomFor(Buffer.byteLength(text)) : this.#inner
    this.#hashInner(inner, blockSize + inner.write(text, blockSize))
    return hash('sha256', this.#outer, 'base64url')
  }

  /** Of bytes: the 32 bytes. */
  digest(bytes: Uint8Array): Buffer {
    const inner = bytes.length > ordinaryLength ? this.#roomFor(bytes.length) : this.#inner
    inner.set(bytes, blockSize)
    this.#hashInner(inner, blockSize + bytes.length)
    return hash('sha256', this.#outer, 'buffer')
  }

  /** Whether the signature is this text's, in a time that does not tell how much of it is right. */
  verify(text: string, signature: string): boolean {
    const given = Buffer.from(signature, 'base64url')
    const right = Buffer.from(this.sign(text), 'base64url')
    return given.length === right.length && timingSafeEqual(given, right)
  }

  #hashInner(inner: Buffer, end: number): void {
    this.#outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockSize, 'latin1')
  }

  #roomFor(length: number): Buffer {
    const room = Buffer.alloc(blockSize + length)
    this.#inner.copy(room, 0, 0, blockSize)
    return room
  }
}
