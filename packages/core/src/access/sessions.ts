import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseCookies } from 'better-auth/cookies'

/** A person who is signed in, and every workspace that they belong to. */
export interface SignedIn {
  token: string
  sessionId: string
  activeWorkspaceId: string | null
  userId: string
  name: string
  email: string
  image: string | null
  locale: string
  /** When it ends, unless it is prolonged. */
  expiresAt: Date
  /** To the minute. */
  lastSeenAt: Date
  memberships: { id: string; name: string; slug: string; role: string }[]
}

/**
 * The token in a session cookie, when its signature is ours. The format is better-auth's: the token, a dot,
 * HMAC-SHA-256 in base64.
 */
export function sessionToken(cookieHeader: string | null, cookieName: string, secret: string): string | undefined {
  if (!cookieHeader) return undefined
  const cookie = parseCookies(cookieHeader).get(cookieName)
  if (!cookie) return undefined
  const dot = cookie.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = cookie.slice(0, dot)
  const given = Buffer.from(cookie.slice(dot + 1), 'base64')
  const expected = createHmac('sha256', secret).update(token).digest()
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined
}
