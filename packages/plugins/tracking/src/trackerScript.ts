import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The bundled tracker, read once and served from memory. */
export class TrackerScript {
  readonly #file: string
  #content: Promise<{ body: string; etag: string }> | undefined

  /** @param file default: what `npm run build` of this plugin writes */
  constructor(file = join(import.meta.dirname, '../dist/t.js')) {
    this.#file = file
  }

  /** Cached by browsers for an hour, then asked for again by its ETag. */
  async serve(request: Request): Promise<Response> {
    this.#content ??= this.#read()
    const { body, etag } = await this.#content.catch((error) => {
      this.#content = undefined
      throw error
    })
    const headers = {
      ETag: etag,
      'Cache-Control': 'public, max-age=3600',
      'Content-Type': 'text/javascript; charset=utf-8',
    }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(body, { headers })
  }

  async #read(): Promise<{ body: string; etag: string }> {
    const body = await readFile(this.#file, 'utf8').catch((cause) => {
      throw new Error(`The tracker script ${this.#file} is missing. Build it: npm run build -w @espalier/tracking`, {
        cause,
      })
    })
    return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` }
  }
}
