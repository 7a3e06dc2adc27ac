import { serializeSignedCookie } from 'better-call'
import { v7 as uuidv7 } from 'uuid'
import { sql } from '../data/sql.ts'
import type { Kernel } from '../plugin/kernel.ts'

/** Somebody without a password: a hash costs a tenth of a second, and signing in has tests of its own. */
export async function createPerson({ access }: Kernel, given: { name?: string; locale?: 'en' | 'fr' } = {}) {
  const id = uuidv7()
  const email = `${id}@example.com`
  const { name = email, locale = 'en' } = given
  await access.system.query(sql`
    insert into "User" ("id", "name", "email", "emailVerified", "locale", "updatedAt")
    values (${id}, ${name}, ${email}, ${true}, ${locale}, now())`)
  return id
}

/** The cookie of a new session, as signing in sets it. It never ends: whoever moves the clock by a year is still signed in. */
export async function sessionCookie({ access, clock }: Kernel, userId: string): Promise<string> {
  const { authCookies, secret } = await access.signIn.$context
  const token = uuidv7()
  await access.system.query(sql`
    insert into "Session" ("id", "userId", "token", "expiresAt", "createdAt", "updatedAt")
    values (${uuidv7()}, ${userId}, ${token}, ${new Date('9999-12-31T00:00:00Z')}, ${clock.now()}, ${clock.now()})`)
  return serializeSignedCookie(authCookies.sessionToken.name, token, secret)
}
