import { hkdfSync } from 'node:crypto'

/**
 * A key of 32 bytes for one purpose, the same on every start, from the installation's secret: HKDF-SHA-256
 * (RFC 5869). Whoever learns one learns nothing of the others.
 */
export function derivedKey(secret: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `espalier/${purpose}`, 32))
}
