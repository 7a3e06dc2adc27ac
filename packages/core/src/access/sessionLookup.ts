import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'
import type { SignedIn } from './sessions.ts'

export interface SessionLookupOptions {
  /** Queries under way, as long as one of them ends in time. Default 3: the system has five connections, and others need them, too. */
  readonly atOnce?: number
  /** How long the next query waits for one of them to end. Milliseconds, default 50. */
  readonly patienceMs?: number
}

/**
 * Finds out who sessions belong to, as of now: nothing is cached, so that a revoked session or role ends at once. Who asks is answered by
 * a query that is sent afterwards, together with all others who have asked by then: the busier, the less each costs.
 */
export class SessionLookup {
  readonly #system: SystemDb
  readonly #clock: Clock
  readonly #options: Required<SessionLookupOptions>
  readonly #tokens = new Set<string>()
  /** What {@link #tokens} will be answered by. */
  #next: Promise<Map<string, SignedIn>> | undefined
  readonly #underWay = new Set<Promise<void>>()

  constructor(system: SystemDb, clock: Clock, { atOnce = 3, patienceMs = 50 }: SessionLookupOptions = {}) {
    this.#system = system
    this.#clock = clock
    this.#options = { atOnce, patienceMs }
  }

  /** @returns undefined for a token that opens nothing, or no more */
  async find(token: string): Promise<SignedIn | undefined> {
    this.#tokens.add(token)
    this.#next ??= this.#ask()
    return (await this.#next).get(token)
  }

  async #ask(): Promise<Map<string, SignedIn>> {
    const { atOnce, patienceMs } = this.#options
    if (this.#underWay.size >= atOnce) await atMost(patienceMs, Promise.race(this.#underWay))
    // Until all is read that has come over other sockets meanwhile.
    await setImmediate()
    const tokens = [...this.#tokens]
    this.#tokens.clear()
    this.#next = undefined
    // The system door: the session is what tells which workspaces there are to enter.
    const rows = this.#system.query<SignedIn>(selectSessions(tokens, this.#clock.now()))
    const over = rows.then(
      () => void this.#underWay.delete(over),
      () => void this.#underWay.delete(over),
    )
    this.#underWay.add(over)
    return new Map((await rows).map((signedIn) => [signedIn.token, signedIn]))
  }
}

/** Waits for something that does not reject, but no longer than so many milliseconds. */
async function atMost(milliseconds: number, settled: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  await Promise.race([settled, late])
  clearTimeout(timer)
}

const selectSessions = prepared(
  'access_sessions',
  `select s."token", s."id" as "sessionId", s."activeWorkspaceId", u."id" as "userId", u."name", u."email", u."image", u."locale",
     s."expiresAt", s."updatedAt" as "lastSeenAt",
     coalesce((
       select json_agg(json_build_object('id', w."id", 'name', w."name", 'slug', w."slug", 'role', m."role")
                       order by w."name", w."id")
       from "Member" m join "Workspace" w on w."id" = m."workspaceId" where m."userId" = u."id"
     ), '[]'::json) as "memberships"
   from "Session" s join "User" u on u."id" = s."userId"
   where s."token" = any($1::text[]) and s."expiresAt" > $2`,
)
