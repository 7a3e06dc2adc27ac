import { randomUUID } from 'node:crypto'
import type { CacheOptions } from './cache.ts'
import type { ClosableCache } from './createCache.ts'
import { type Store, stampLength } from './store.ts'

/** A tag that nobody has asked for in so long is forgotten, which drops its entries: never the other way round. */
const tagMilliseconds = 7 * 24 * 60 * 60 * 1_000
/** How long a deleted key refuses a value that was being computed before it was deleted. */
const tombstoneMilliseconds = 10 * 60 * 1_000

interface Flight {
  readonly text: Promise<string | undefined>
  readonly tags: readonly string[]
}

interface Entry {
  value: unknown
  /** Each tag's stamp, as it was before the value was computed. */
  tags: Record<string, string>
}

/**
 * Entries that remember the stamp of each of their tags from before they were computed. Invalidating a tag
 * forgets its stamp, so what was computed from the state before never counts again, however late it is
 * written and by whichever process. No clock takes part.
 */
export class TaggedCache implements ClosableCache {
  readonly ready: Promise<void>
  readonly #store: Store
  readonly #flights = new Map<string, Flight>()

  constructor(store: Store) {
    this.#store = store
    this.ready = store.ready
  }

  async getOrSet<Value>(
    workspaceId: string,
    key: string,
    make: () => Promise<Value>,
    options: CacheOptions,
  ): Promise<Value> {
    const { ttlSeconds, tags = [] } = options
    if (!(ttlSeconds > 0 && Number.isFinite(ttlSeconds))) {
      throw new RangeError(`The cache entry "${key}" has a ttlSeconds of ${ttlSeconds}. Give a number above 0.`)
    }
    const entryKey = nameOf('entry', workspaceId, key)
    const running = this.#flights.get(entryKey)
    const tagKeys = tags.map((tag) => nameOf('tag', workspaceId, tag))
    const flight = running ?? { text: this.#fly(entryKey, tagKeys, make, ttlSeconds * 1_000), tags: tagKeys }
    if (!running) {
      this.#flights.set(entryKey, flight)
      const land = () => {
        if (this.#flights.get(entryKey) === flight) this.#flights.delete(entryKey)
      }
      flight.text.then(land, land)
    }
    const text = await flight.text
    // Everybody gets a copy of their own, and the same one the first time as ever after.
    return text === undefined ? (undefined as Value) : JSON.parse(text)
  }

  async delete(workspaceId: string, key: string): Promise<void> {
    const entryKey = nameOf('entry', workspaceId, key)
    this.#flights.delete(entryKey)
    // A tombstone, not an absence: a value that is being computed finds another text than it has read.
    await this.#store.write(entryKey, randomUUID(), tombstoneMilliseconds).catch(() => this.#store.remove([entryKey]))
  }

  async invalidate(workspaceId: string, ...tags: string[]): Promise<void> {
    if (tags.length === 0) return
    const tagKeys = tags.map((tag) => nameOf('tag', workspaceId, tag))
    // Whoever asks from now on must not be handed what is being computed from the state before.
    for (const [entryKey, flight] of this.#flights) {
      if (flight.tags.some((tag) => tagKeys.includes(tag))) this.#flights.delete(entryKey)
    }
    await this.#store.remove(tagKeys)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** @returns the value as JSON; undefined where JSON cannot hold it */
  async #fly(
    entryKey: string,
    tagKeys: string[],
    make: () => Promise<unknown>,
    ttl: number,
  ): Promise<string | undefined> {
    const found = await this.#find(entryKey, tagKeys)
    if (found && 'hit' in found) return found.hit
    const value = await make()
    const text: string | undefined = JSON.stringify(value)
    if (found && text !== undefined) {
      const entry = `${randomUUID()}${JSON.stringify({ value, tags: found.stamps } satisfies Entry)}`
      await this.#store.replace(entryKey, found.read, entry, ttl).catch(() => {})
    }
    return text
  }

  /** @returns the value, or what to know for writing one; undefined when the store does not answer */
  async #find(entryKey: string, tagKeys: string[]) {
    try {
      const [read, ...stamps] = await this.#store.read([entryKey, ...tagKeys])
      const known = Object.fromEntries(tagKeys.map((key, index) => [key, stamps[index]]))
      const entry = read && read.length > stampLength ? (JSON.parse(read.slice(stampLength)) as Entry) : undefined
      if (entry && sameTags(entry.tags, known)) return { hit: JSON.stringify(entry.value) }
      return { read, stamps: await this.#stamps(known) }
    } catch {
      return undefined
    }
  }

  /** Gives a stamp to each tag that has none. Of two processes that do so at once, the first one's counts. */
  async #stamps(known: Record<string, string | undefined>): Promise<Record<string, string>> {
    const missing = Object.keys(known).filter((key) => known[key] === undefined)
    if (missing.length === 0) return known as Record<string, string>
    await Promise.all(missing.map((key) => this.#store.replace(key, undefined, randomUUID(), tagMilliseconds)))
    const made = await this.#store.read(missing)
    // One that was invalidated in between has none again; an empty stamp never matches.
    return { ...known, ...Object.fromEntries(missing.map((key, index) => [key, made[index] ?? ''])) } as Record<
      string,
      string
    >
  }
}

function sameTags(entry: Record<string, string>, known: Record<string, string | undefined>): boolean {
  const keys = Object.keys(known)
  return (
    keys.length === Object.keys(entry).length && keys.every((key) => entry[key] !== '' && entry[key] === known[key])
  )
}

/** Written as JSON, so that no workspace, key or tag can spell the name of another. */
function nameOf(kind: 'entry' | 'tag', workspaceId: string, name: string): string {
  return JSON.stringify([kind, workspaceId, name])
}
