import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'

interface ServedScript {
  readonly body: string
  readonly etag: string
}

/** Name of the collector beside /t.js; the build puts it into the script as the address, relative to its own. */
const defaultCollector = 'collect'

/** The bundled tracker, read once and served from memory. */
export class TrackerScript {
  readonly #file: string
  #body: Promise<string> | undefined
  readonly #byCollector = new LRUCache<string, ServedScript>({ max: 1000 })

  /** @param file default: what `npm run build` of this plugin writes */
  constructor(file = join(import.meta.dirname, '../dist/t.js')) {
    this.#file = file
  }

  /**
   * Cached by browsers for an hour, then asked for again by its ETag.
   * @param collector where it sends to, relative to the script itself
   */
  async serve(request: Request, collector = defaultCollector): Promise<Response> {
    const { body, etag } = await this.#for(collector)
    const headers = {
      ETag: etag,
      'Cache-Control': 'public, max-age=3600',
      'Content-Type': 'text/javascript; charset=utf-8',
    }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(body, { headers })
  }

  async #for(collector: string): Promise<ServedScript> {
    const known = this.#byCollector.get(collector)
    if (known) return known
    this.#body ??= this.#read()
    const bundled = await this.#body.catch((error) => {
      this.#body = undefined
      throw error
    })
    const body = bundled.replace(`"${defaultCollector}"`, `"${collector}"`)
    const script = { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` }
    this.#byCollector.set(collector, script)
    return script
  }

  async #read(): Promise<string> {
    return readFile(this.#file, 'utf8').catch((cause) => {
      throw new Error(`The tracker script ${this.#file} is missing. Build it: npm run build -w @espalier/tracking`, {
        cause,
      })
    })
  }
}
