import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseCookies } from 'better-auth/cookies'
import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'

/** A person who is signed in, and every workspace that they belong to. */
export interface SignedIn {
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

/** Who a session belongs to, as of now: nothing is cached, so that a revoked session or role ends at once. */
export async function findSession(system: SystemDb, token: string, now: Date): Promise<SignedIn | undefined> {
  // The system door: the session is what tells which workspaces there are to enter.
  const [row] = await system.query<SignedIn>(selectSession(token, now))
  return row
}

const selectSession = prepared(
  'access_session',
  `select s."id" as "sessionId", s."activeWorkspaceId", u."id" as "userId", u."name", u."email", u."image", u."locale",
     s."expiresAt", s."updatedAt" as "lastSeenAt",
     coalesce((
       select json_agg(json_build_object('id', w."id", 'name', w."name", 'slug', w."slug", 'role', m."role")
                       order by w."name", w."id")
       from "Member" m join "Workspace" w on w."id" = m."workspaceId" where m."userId" = u."id"
     ), '[]'::json) as "memberships"
   from "Session" s join "User" u on u."id" = s."userId"
   where s."token" = $1 and s."expiresAt" > $2`,
)
