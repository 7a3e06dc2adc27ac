import { LRUCache } from 'lru-cache'
import type { Awaitable } from '../awaitable.ts'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'

/** Finds workspaces by their slugs, for addresses that strangers follow. Answers are up to 5 s old. */
export class WorkspaceSlugs {
  readonly #ids: LRUCache<string, { id: string | undefined }>

  constructor(system: SystemDb) {
    this.#ids = new LRUCache({
      max: 10_000,
      ttl: 5_000,
      allowStaleOnFetchRejection: true,
      noDeleteOnFetchRejection: true,
      // An anonymous request has no workspace yet, so its slug is looked up across all of them.
      fetchMethod: async (slug) => {
        const [workspace] = await system.query<{ id: string }>(sql`select "id" from "Workspace" where "slug" = ${slug}`)
        return { id: workspace?.id }
      },
    })
  }

  /** @throws the database's error, where it does not answer and nothing is known */
  find(slug: string): Awaitable<string | undefined> {
    // PostgreSQL takes no such text, not even to say that it has none.
    if (slug.includes('\0')) return undefined
    // Most often it is known: then nobody has to wait for a promise.
    // (While the first look-up is under way the cache has a lifetime for it already, but nothing to say.)
    const known = this.#ids.peek(slug)
    if (known && this.#ids.getRemainingTTL(slug) > 0) return known.id
    return this.#ask(slug)
  }

  async #ask(slug: string): Promise<string | undefined> {
    const status: LRUCache.Status<string, { id: string | undefined }> = {}
    const found = await this.#ids.fetch(slug, { status })
    // Where there is no older answer to give, the cache gives none and no error either: not the same as "unknown".
    if (!found && status.fetchError) throw status.fetchError
    return found?.id
  }
}
