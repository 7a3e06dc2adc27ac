import { type Awaitable, type Live, type SqlContext, sql } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import type { Catalog } from './blocks/catalog.ts'
import { type ImageRenderer, plainImages } from './blocks/image.ts'
import type { PageContent } from './content.ts'
import { type PageDocument, renderPage } from './document.ts'
import { servedChanged } from './events.ts'
import { readServedRollout, type ServedRollout } from './rollout/servedRollout.ts'

/** A page as visitors get it. */
export interface PublishedPage {
  readonly id: string
  readonly experimentId: string | null
  /** What decides on the variant where no experiment does. */
  readonly rollout: ServedRollout | undefined
  readonly language: string
  /** Where it stands. */
  readonly address: string
  /** In order; the first is served where nothing picks another. */
  readonly variants: readonly PublishedVariant[]
}

export interface PublishedVariant {
  readonly id: string
  readonly key: string
  readonly content: PageContent
  readonly document: PageDocument
}

interface Known {
  readonly page: PublishedPage | undefined
  /** By the process's clock, milliseconds. Later than that it is read anew before it is served. */
  freshUntil: number
}

/** How old an answer may be. Milliseconds. */
const freshForMs = 1_000

/** How long before that a visit has the page read anew beside it: where people come all the time, nobody waits. Milliseconds. */
const aheadMs = 500

/** How long a visitor waits for a page to be read anew, where an older one is at hand. Milliseconds. */
const patienceMs = 250

export interface PublishedPagesParts {
  /** Where browsers reach this installation. */
  readonly publicUrl: string
  readonly catalog: Catalog
  readonly live: Live
  /** What renders the images of a content. Default: as they are at their addresses. */
  readonly imagesOf?: (context: SqlContext, content: PageContent) => Promise<ImageRenderer>
}

/**
 * The published pages, rendered and kept in this process. An answer is at most a second old, whatever process
 * published; a publication that is announced ends it at once. When the database does not answer, the last known
 * page is served, for as long as this process lives.
 */
export class PublishedPages {
  readonly #parts: PublishedPagesParts
  readonly #pages = new LRUCache<string, Known>({ max: 2_000 })
  /** Slugs without a page, apart: whoever tries out thousands of them pushes no page from memory. */
  readonly #missing = new LRUCache<string, Known>({ max: 2_000 })
  readonly #reading = new Map<string, Promise<Known>>()
  readonly #watched = new LRUCache<string, AbortController>({ max: 1_000, dispose: (watch) => watch.abort() })

  constructor(parts: PublishedPagesParts) {
    this.#parts = parts
  }

  /** Where it hears of publications; loops of pages are told there, too. */
  get live(): Live {
    return this.#parts.live
  }

  /** The active page of a slug, or undefined. @throws the database's error, where it does not answer and nothing is known */
  find(context: SqlContext, workspaceSlug: string, slug: string): Awaitable<PublishedPage | undefined> {
    // PostgreSQL takes no such text, not even to say that it has none.
    if (slug.includes('\0')) return undefined
    const key = keyOf(context.workspaceId, slug)
    const known = this.#pages.get(key) ?? this.#missing.get(key)
    const freshForAnother = known ? known.freshUntil - context.clock.now().getTime() : 0
    if (known && freshForAnother > 0) {
      if (freshForAnother < aheadMs) void this.#read(context, workspaceSlug, slug, known)
      return known.page
    }
    return this.#findAnew(context, workspaceSlug, slug, known)
  }

  /** What renders the images of a content. */
  async imagesOf(context: SqlContext, content: PageContent): Promise<ImageRenderer> {
    return (await this.#parts.imagesOf?.(context, content)) ?? plainImages
  }

  /** Makes the next visit read anew, here and in every other process. Inside a transaction: once it commits. */
  changed(context: SqlContext, slug: string): void {
    context.announce(servedChanged, 'all', { slug })
  }

  /** Stops listening to other processes. */
  close(): void {
    this.#watched.clear()
  }

  async #findAnew(context: SqlContext, workspaceSlug: string, slug: string, known: Known | undefined) {
    const reading = this.#read(context, workspaceSlug, slug, known)
    return (known ? await soonest(reading, known) : await reading).page
  }

  #read(context: SqlContext, workspaceSlug: string, slug: string, known: Known | undefined): Promise<Known> {
    const key = keyOf(context.workspaceId, slug)
    const underway = this.#reading.get(key)
    if (underway) return underway
    const reading: Promise<Known> = this.#readNow(context, workspaceSlug, slug)
      .catch((error: unknown) => {
        if (!known) throw error
        context.log.warn({ err: error, slug }, 'A page could not be read anew; the last known one is served')
        return known
      })
      .then((result) => {
        // What was published meanwhile is not in it.
        if (this.#reading.get(key) !== reading) return result
        result.freshUntil = context.clock.now().getTime() + freshForMs
        this.#keep(key, result)
        return result
      })
      .finally(() => {
        if (this.#reading.get(key) === reading) this.#reading.delete(key)
      })
    this.#reading.set(key, reading)
    return reading
  }

  async #readNow(context: SqlContext, workspaceSlug: string, slug: string): Promise<Known> {
    this.#watch(context.workspaceId)
    const address = `${this.#parts.publicUrl}/p/${workspaceSlug}/${slug}`
    return { page: await readPage(context, slug, address, this.#parts), freshUntil: 0 }
  }

  /** Hears of publications in the workspace from now on. */
  #watch(workspaceId: string): void {
    if (this.#watched.get(workspaceId)) return
    const watch = new AbortController()
    this.#watched.set(workspaceId, watch)
    const changes = this.#parts.live.subscribe(workspaceId, servedChanged, 'all', watch.signal)
    const follow = async () => {
      for await (const { message, gap } of changes) this.#expire(workspaceId, gap > 0 ? null : message.slug)
    }
    // Where listening ends, the next read listens again; answers stay at most a second old meanwhile.
    follow()
      .catch(() => {})
      .finally(() => {
        if (this.#watched.peek(workspaceId) === watch) this.#watched.delete(workspaceId)
      })
  }

  #keep(key: string, known: Known): void {
    const [kept, other] = known.page ? [this.#pages, this.#missing] : [this.#missing, this.#pages]
    kept.set(key, known)
    other.delete(key)
  }

  /** The page stays at hand, for the case that it cannot be read. */
  #expire(workspaceId: string, slug: string | null): void {
    const from = slug === null ? keyOf(workspaceId, '') : keyOf(workspaceId, slug)
    const means = (key: string) => (slug === null ? key.startsWith(from) : key === from)
    for (const cache of [this.#pages, this.#missing])
      for (const [key, known] of slug === null ? cache.entries() : [[from, cache.peek(from)] as const])
        if (known && means(key)) known.freshUntil = 0
    for (const key of this.#reading.keys()) if (means(key)) this.#reading.delete(key)
  }
}

function keyOf(workspaceId: string, slug: string): string {
  return `${workspaceId}/${slug}`
}

/** What is read, unless that takes longer than a visitor should wait. */
async function soonest(reading: Promise<Known>, known: Known): Promise<Known> {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<Known>((resolve) => {
    timer = setTimeout(() => resolve(known), patienceMs)
  })
  try {
    return await Promise.race([reading, enough])
  } finally {
    clearTimeout(timer)
  }
}

async function readPage(
  context: SqlContext,
  slug: string,
  address: string,
  { catalog, imagesOf }: PublishedPagesParts,
): Promise<PublishedPage | undefined> {
  const rows = await context.db.query<{
    id: string
    experimentId: string | null
    language: string
    variantId: string
    key: string
    published: PageContent
  }>(sql`
    select p."id", p."experimentId", p."language", v."id" as "variantId", v."key", v."published"
    from "Page" p join "PageVariant" v on v."workspaceId" = p."workspaceId" and v."pageId" = p."id"
    where p."slug" = ${slug} and p."status" = 'active' and v."published" is not null
    order by v."position"`)
  const [first] = rows
  if (!first) return undefined
  const variants = await Promise.all(
    rows.map(async ({ variantId, key, published: content, language }) => ({
      id: variantId,
      key,
      content,
      document: await renderPage(content, {
        catalog,
        language,
        address,
        ...(imagesOf ? { images: await imagesOf(context, content) } : {}),
        onLeftOut: ({ type, props }, reason) =>
          context.log.warn({ page: first.id, type, block: props.id, reason }, 'A block of a page is left out'),
      }),
    })),
  )
  const { id, experimentId, language } = first
  return { id, experimentId, rollout: await readServedRollout(context, id), language, address, variants }
}
