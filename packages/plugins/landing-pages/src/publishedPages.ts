import { type SqlContext, sql } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import type { PageContent } from './content.ts'
import { type PageDocument, renderPage } from './document.ts'

/** A page as visitors get it. */
export interface PublishedPage {
  readonly id: string
  readonly experimentId: string | null
  /** In order; the first is served where nothing picks another. */
  readonly variants: readonly { readonly key: string; readonly document: PageDocument }[]
}

interface Found {
  readonly page: PublishedPage | undefined
}

interface Wanted {
  readonly context: SqlContext
  readonly workspaceSlug: string
  readonly slug: string
}

/** How old a rendered page may be before it is read anew, and before a visit waits for that. Milliseconds. */
const freshForMs = 1_000
const usableForMs = 2_000

/**
 * The published pages, rendered and kept in this process. An answer is at most two seconds old; when the database
 * does not answer, the last known one is served.
 */
export class PublishedPages {
  readonly #pages: LRUCache<string, Found, Wanted>

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string) {
    this.#pages = new LRUCache({
      max: 1_000,
      ttl: freshForMs,
      noDeleteOnFetchRejection: true,
      allowStaleOnFetchRejection: true,
      fetchMethod: async (_key, _stale, { context: { context, workspaceSlug, slug } }) => ({
        page: await readPage(context, slug, `${publicUrl}/p/${workspaceSlug}/${slug}`),
      }),
    })
  }

  /** The active page of a slug, or undefined. @throws the database's error, where it does not answer and nothing is known */
  async find(context: SqlContext, workspaceSlug: string, slug: string): Promise<PublishedPage | undefined> {
    // PostgreSQL takes no such text, not even to say that it has none.
    if (slug.includes('\0')) return undefined
    const status: LRUCache.Status<string, Found, Wanted> = {}
    const key = keyOf(context, slug)
    const found = await this.#pages.fetch(key, {
      context: { context, workspaceSlug, slug },
      allowStale: this.#pages.getRemainingTTL(key) > freshForMs - usableForMs,
      status,
    })
    // Where there is no older answer to give, the cache gives none and no error either: not the same as "no page".
    if (!found && status.fetchError) throw status.fetchError
    return found?.page
  }

  /** Makes the next visit read anew: for what this process itself has just published. */
  forget(context: SqlContext, slug: string): void {
    this.#pages.delete(keyOf(context, slug))
  }
}

function keyOf(context: SqlContext, slug: string): string {
  return `${context.workspaceId}/${slug}`
}

async function readPage(context: SqlContext, slug: string, address: string): Promise<PublishedPage | undefined> {
  const rows = await context.db.query<{
    id: string
    experimentId: string | null
    language: string
    key: string
    published: PageContent
  }>(sql`
    select p."id", p."experimentId", p."language", v."key", v."published"
    from "Page" p join "PageVariant" v on v."workspaceId" = p."workspaceId" and v."pageId" = p."id"
    where p."slug" = ${slug} and p."status" = 'active' and v."published" is not null
    order by v."position"`)
  const [first] = rows
  if (!first) return undefined
  const variants = await Promise.all(
    rows.map(async ({ key, published, language }) => ({
      key,
      document: await renderPage(published, language, address),
    })),
  )
  return { id: first.id, experimentId: first.experimentId, variants }
}
