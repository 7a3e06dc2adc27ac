import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * What peers know of signing in: whether the `authorization` header holds the one key, by its SHA-256 in constant time. No
 * look-up, no scopes, no last use; the workspace is fixed.
 */
export function keyCheck(keyHash: string): (authorization: string | undefined) => boolean {
  const known = Buffer.from(keyHash)
  return (authorization) => {
    const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (key === undefined) return false
    return timingSafeEqual(known, Buffer.from(createHash('sha256').update(key).digest('base64url')))
  }
}
