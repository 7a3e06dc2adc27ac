import { createHash } from 'node:crypto'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import type { RateLimits } from '../http/rateLimits.ts'

/** Of one account, over all addresses (OWASP ASVS 4.0, 2.2.1). */
const limit = { points: 100, seconds: 3_600 }

/**
 * Counts attempts to sign in to an account, wherever they come from: who guesses from a thousand addresses has ten a minute from
 * each of them, and a hundred an hour in all. Accounts that do not exist are counted alike, so that nobody learns which do.
 */
export class AccountAttempts {
  readonly #rateLimits: RateLimits
  readonly #system: SystemDb

  constructor({ rateLimits, system }: { readonly rateLimits: RateLimits; readonly system: SystemDb }) {
    this.#rateLimits = rateLimits
    this.#system = system
  }

  /** @returns undefined where the attempt may be made, else how many seconds to wait */
  async take(email: string, address: string): Promise<number | undefined> {
    const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url')
    const taken = await this.#rateLimits.take(`sign-in to ${account}`, { address: 'any', principal: undefined }, limit)
    if (!taken?.refused || (await this.#isKnownAt(email, address))) return undefined
    return Math.max(1, taken.resetSeconds)
  }

  /** Guesses of others lock nobody out of their own account: not where they have signed in and still are. */
  async #isKnownAt(email: string, address: string): Promise<boolean> {
    const [found] = await this.#system.query(sql`
      select 1 from "Session" s join "User" u on u."id" = s."userId"
      where u."email" = ${email.trim().toLowerCase()} and s."ipAddress" = ${address} limit 1`)
    return found !== undefined
  }
}
