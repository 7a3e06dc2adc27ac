import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { type Store, stampLength } from './store.ts'

/** Of text; a character is 1 or 2 bytes. */
const maxCharacters = 32 * 1024 * 1024

/** The least recently used makes room. */
export class MemoryStore implements Store {
  readonly ready: Promise<void> = Promise.resolve()
  readonly #texts: LRUCache<string, string>

  constructor(clock: Clock) {
    this.#texts = new LRUCache({
      maxSize: maxCharacters,
      sizeCalculation: (text, key) => text.length + key.length + 1,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
    })
  }

  async read(keys: readonly string[]): Promise<(string | undefined)[]> {
    return keys.map((key) => this.#texts.get(key))
  }

  async replace(key: string, read: string | undefined, text: string, ttlMilliseconds: number): Promise<void> {
    if (this.#texts.get(key)?.slice(0, stampLength) === read?.slice(0, stampLength)) {
      this.#texts.set(key, text, { ttl: ttlMilliseconds })
    }
  }

  async write(key: string, text: string, ttlMilliseconds: number): Promise<void> {
    this.#texts.set(key, text, { ttl: ttlMilliseconds })
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#texts.delete(key)
  }

  async close(): Promise<void> {
    this.#texts.clear()
  }
}
