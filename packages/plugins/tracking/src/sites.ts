import {
  type Awaitable,
  asUnavailable,
  NotFoundError,
  type Random,
  type SqlContext,
  type SystemDb,
  sql,
} from '@espalier/core'
import { LRUCache } from 'lru-cache'
import { newEventId } from './eventId.ts'

/** Where events come from. */
export interface Site {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  /** Public: names the site in what browsers send. */
  readonly key: string
}

interface Named {
  readonly site: Site
  /** By the context's clock, milliseconds. */
  readonly readAt: number
}

/** A key that was looked up is trusted this long. Milliseconds. */
const trustedMs = 30_000

/** The sites of all workspaces, by their public keys. */
export class Sites {
  readonly #byKey: LRUCache<string, { site: Site | undefined }>
  /**
   * By name, of which plugins have few, then by workspace. Kept beyond its time for when the database does not answer: pages are
   * served all the same.
   */
  readonly #byName = new Map<string, LRUCache<string, Named>>()
  readonly #random: Random

  constructor(system: SystemDb, random: Random) {
    this.#random = random
    this.#byKey = new LRUCache({
      max: 10_000,
      ttl: trustedMs,
      // A key says which workspace an anonymous request means, so this look-up goes across workspaces.
      fetchMethod: async (key) => {
        const [site] = await system.query<Site>(
          sql`select "id", "workspaceId", "name", "key" from "TrackingSite" where "key" = ${key}`,
        )
        return { site }
      },
    })
  }

  /** The site of a key; cached for half a minute, also that there is none. */
  find(key: string): Awaitable<Site | undefined> {
    const known = this.#byKey.get(key)
    return known ? known.site : this.#byKey.fetch(key).then((found) => found?.site)
  }

  /** The workspace's site of a name, made when there is none: for plugins that bring their own pages. Cached. */
  ensure(context: SqlContext, name: string): Awaitable<Site> {
    const known = this.#byName.get(name)?.get(context.workspaceId)
    const now = context.clock.now().getTime()
    return known && Math.abs(now - known.readAt) < trustedMs ? known.site : this.#read(context, name, known?.site)
  }

  /** Forgets a site in this process, after it was renamed or deleted. Others learn within half a minute. */
  forget(site: Pick<Site, 'key' | 'workspaceId' | 'name'>): void {
    this.#byKey.delete(site.key)
    this.#byName.get(site.name)?.delete(site.workspaceId)
  }

  async #read(context: SqlContext, name: string, known: Site | undefined): Promise<Site> {
    const site = await this.#namedOrMade(context, name).catch((error) => {
      if (known && asUnavailable(error)) return known
      throw error
    })
    // What a transaction made may still be rolled back.
    if (!context.db.inTransaction) this.#keep(site, context.clock.now().getTime())
    return site
  }

  #keep(site: Site, readAt: number): void {
    let ofName = this.#byName.get(site.name)
    if (!ofName) {
      ofName = new LRUCache({ max: 10_000 })
      this.#byName.set(site.name, ofName)
    }
    ofName.set(site.workspaceId, { site, readAt })
  }

  async #namedOrMade(context: SqlContext, name: string): Promise<Site> {
    return (await this.#named(context, name)) ?? (await this.#make(context, name))
  }

  async #make(context: SqlContext, name: string): Promise<Site> {
    await context.db.query(sql`
      insert into "TrackingSite" ("id", "name", "key", "updatedAt")
      values (${newEventId(context.clock.now(), this.#random)}, ${name}, ${newSiteKey(this.#random)}, now()) on conflict ("workspaceId", "name") do nothing`)
    const made = await this.#named(context, name)
    if (!made) throw new NotFoundError('TrackingSite', name)
    return made
  }

  async #named(context: SqlContext, name: string): Promise<Site | undefined> {
    const [site] = await context.db.query<Site>(
      sql`select "id", "workspaceId", "name", "key" from "TrackingSite" where "name" = ${name}`,
    )
    return site
  }
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 22 characters of 62: 131 bits. */
export function newSiteKey(random: Random): string {
  return Array.from({ length: 22 }, () => alphabet[Math.floor(random.next() * alphabet.length)]).join('')
}
