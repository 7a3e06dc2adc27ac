import { createHmac, randomBytes } from 'node:crypto'
import {
  type Awaitable,
  type Clock,
  onceKnown,
  prepared,
  type SqlContext,
  type SystemContext,
  sql,
} from '@espalier/core'
import { LRUCache } from 'lru-cache'

const dayMs = 24 * 3600_000

/**
 * Visitors without anything kept in their browser: a hash of their address and browser, salted anew every day
 * (UTC) and for every workspace. The address itself goes nowhere. When a day is over its salt is deleted, so that
 * nobody can be followed from one day to the next, or be looked for by an address.
 */
export class DailyVisitors {
  readonly #clock: Clock
  readonly #salts: LRUCache<string, { day: string; salt: Buffer }>

  constructor(clock: Clock) {
    this.#clock = clock
    // Not longer than the day in memory either.
    this.#salts = new LRUCache({ max: 10_000, ttl: dayMs, ttlAutopurge: true })
  }

  /** The day that ids are of now. */
  get today(): string {
    return dayOf(this.#clock.now())
  }

  /**
   * @param scope within which a visitor is the same one: a site
   * @returns a UUIDv8 (RFC 9562 §5.8) of 122 bits of HMAC-SHA256
   */
  idOf(context: SqlContext, scope: string, address: string, userAgent: string): Awaitable<string> {
    return onceKnown(this.#saltOf(context), (salt) => {
      const digest = createHmac('sha256', salt).update(`${scope}\n${address}\n${userAgent}`).digest('hex')
      const variant = ((Number.parseInt(digest.charAt(16), 16) & 3) | 8).toString(16)
      return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
    })
  }

  #saltOf(context: SqlContext): Awaitable<Buffer> {
    const day = this.today
    const known = this.#salts.get(context.workspaceId)
    return known?.day === day ? known.salt : this.#readSalt(context, day)
  }

  async #readSalt(context: SqlContext, day: string): Promise<Buffer> {
    const [row] = await context.db.query<{ salt: Buffer }>(saltOfDay(day, randomBytes(32)))
    const { salt } = row as { salt: Buffer }
    const ttl = dayMs - (this.#clock.now().getTime() % dayMs)
    // What a transaction made may still be rolled back.
    if (!context.db.inTransaction) this.#salts.set(context.workspaceId, { day, salt }, { ttl })
    return salt
  }
}

/** Whether an id was made of an address and a day's salt. */
export function isDailyVisitor(visitorId: string): boolean {
  return visitorId.charAt(14) === '8'
}

/** Deletes the salts of days that are over, of all workspaces: of those, too, that nobody visits today. */
export async function forgetSalts(system: SystemContext): Promise<number> {
  const rows = await system.system.query<{ day: Date }>(
    sql`delete from "TrackingSalt" where "day" < ${dayOf(system.clock.now())}::date returning "day"`,
  )
  return rows.length
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

// The first visitor of a day ends the days before.
const saltOfDay = prepared(
  'tracking_salt_of_day',
  `with over as (delete from "TrackingSalt" where "day" < $1::date)
   insert into "TrackingSalt" ("day", "salt") values ($1::date, $2::bytea)
   on conflict ("workspaceId", "day") do update set "salt" = "TrackingSalt"."salt"
   returning "salt"`,
)
