import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StartError } from '../errors.ts'
import { derivedKey } from './derivedKey.ts'

/** A secret as it is stored: which key of the ring sealed it, and the sealed bytes. */
export interface SealedSecret {
  readonly keyId: string
  readonly sealed: Uint8Array
}

/** What a secret is bound to: it opens nowhere else. */
export interface SecretPlace {
  readonly workspaceId: string
  readonly name: string
}

/** A sealed secret that cannot be opened here. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code: 'SECRET_KEY_UNKNOWN' | 'SECRET_DAMAGED'

  constructor(code: SecretError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Seals secrets with AES-256-GCM (NIST SP 800-38D) under the first key of the ring and opens them with
 * whichever key sealed them, so keys rotate without a moment of darkness. Each seal has a random nonce of 96
 * bits: good for 2^32 seals a key. Workspace, name and key id are authenticated with it, so a sealed secret
 * that is copied into another workspace, or under another name, does not open.
 */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, Buffer>
  /** The key that seals. */
  readonly currentId: string

  constructor(keys: readonly { id: string; key: Buffer }[]) {
    const [current] = keys
    if (!current) throw new TypeError('A key ring needs a key.')
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]))
    this.currentId = current.id
  }

  seal(secret: string, place: SecretPlace): SealedSecret {
    const keyId = this.currentId
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(keyId) as Buffer, nonce)
    cipher.setAAD(binding(place, keyId))
    const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return { keyId, sealed: Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), ciphertext]) }
  }

  /** @throws SecretError when its key is not in the ring, or it was altered or sealed for another place */
  open(secret: SealedSecret, place: SecretPlace): string {
    const key = this.#keys.get(secret.keyId)
    if (!key) {
      throw new SecretError(
        'SECRET_KEY_UNKNOWN',
        `The secret "${place.name}" was sealed with the key "${secret.keyId}", which is not in the ring (${[...this.#keys.keys()].join(', ')}). Add that key to ESPALIER_SECRET_KEYS, or set the secret anew.`,
      )
    }
    const bytes = Buffer.from(secret.sealed)
    const damaged = (cause?: unknown) =>
      new SecretError(
        'SECRET_DAMAGED',
        `The secret "${place.name}" does not open: it was altered, or sealed for another workspace or name. Set it anew.`,
        { cause },
      )
    if (bytes.length < headerBytes || bytes[0] !== format) throw damaged()
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + nonceBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(binding(place, secret.keyId))
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headerBytes))
      return decipher.update(bytes.subarray(headerBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw damaged(cause)
    }
  }

  /** The same secret under the current key; unchanged when that sealed it already. */
  rotate(secret: SealedSecret, place: SecretPlace): SealedSecret {
    return secret.keyId === this.currentId ? secret : this.seal(this.open(secret, place), place)
  }
}

/**
 * The ring of an installation.
 *
 * @param setting `ESPALIER_SECRET_KEYS`: `id:key` pairs joined by commas, each key 32 bytes in base64, the
 *   current one first. Without it the ring has one key, derived from the installation's secret.
 * @throws StartError when the setting cannot be read
 */
export function createKeyRing(secret: string | Uint8Array, setting?: string): KeyRing {
  const derived = { id: 'installation', key: derivedKey(Buffer.from(secret), 'secrets') }
  if (!setting?.trim()) return new KeyRing([derived])
  const keys = setting.split(',').map((pair) => {
    const [, id, encoded] = /^\s*([\w-]{1,40}):([A-Za-z0-9+/_-]+=*)\s*$/.exec(pair) ?? []
    const key = Buffer.from(encoded ?? '', 'base64')
    if (id && id !== derived.id && key.length === 32) return { id, key }
    // Never the pair itself: what is wrong with it may be one character of a real key.
    throw new StartError(
      'SECRET_KEYS_INVALID',
      `ESPALIER_SECRET_KEYS: ${id ? `the key "${id}"` : 'a pair'} is not of the form "id:<32 bytes in base64>". Make one with: openssl rand -base64 32.`,
    )
  })
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    throw new StartError(
      'SECRET_KEYS_INVALID',
      'ESPALIER_SECRET_KEYS names a key id twice. Give each key an id of its own.',
    )
  }
  // What was sealed before the setting was made still opens.
  return new KeyRing([...keys, derived])
}

const format = 1
const nonceBytes = 12
const tagBytes = 16
const headerBytes = 1 + nonceBytes + tagBytes

function binding(place: SecretPlace, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['espalier secret', format, place.workspaceId, place.name, keyId]))
}
