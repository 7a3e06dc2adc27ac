import { EspalierError } from './errors.ts'

/**
 * The visitor that a user of yours is on a site, the same in every browser and on your servers: a UUID (version 8, RFC 9562)
 * of the SHA-256 of both. Espalier never learns your own id. It is a pseudonym, no secret: who knows the site's key and your
 * ids can compute it.
 *
 * @param site the site's public key
 * @param userId your own id of the user; no address of theirs, which others could guess
 * @throws EspalierError NO_CRYPTOGRAPHY in browsers on a page that came over plain HTTP
 */
export async function visitorOf(site: string, userId: string): Promise<string> {
  const { subtle } = globalThis.crypto ?? {}
  if (!subtle)
    throw new EspalierError('NO_CRYPTOGRAPHY', 'Browsers compute SHA-256 only on pages that came over HTTPS.')
  const text = new TextEncoder().encode(JSON.stringify(['espalier visitor', site, userId]))
  const bytes = new Uint8Array(await subtle.digest('SHA-256', text)).slice(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
