import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { mjmlToHtml } from './mjml.ts'

/**
 * What MJML made of the templates that plugins bring, in a file from one start to the next: to load MJML takes as long as a
 * fifth of a start, and nobody is served meanwhile. Without the file, or with one that cannot be used, it is made again.
 */
export class KeptHtml {
  readonly #file: string | undefined
  #kept: Promise<Record<string, string>> | undefined
  readonly #used: Record<string, string> = {}

  /** @param folder of the installation's data; undefined keeps nothing */
  constructor(folder: string | undefined) {
    this.#file = folder && join(folder, 'cache', 'mail-templates.json')
  }

  /** @throws TemplateProblem for MJML that does not do */
  async of(document: string): Promise<string> {
    this.#kept ??= this.#read()
    const key = createHash('sha256').update(`${mjmlVersion} ${document}`).digest('base64url')
    const html = (await this.#kept)[key] ?? (await mjmlToHtml(document))
    this.#used[key] = html
    return html
  }

  /** Keeps what was asked for since the start, and nothing else. */
  async keep(): Promise<void> {
    const file = this.#file
    const kept = (await this.#kept) ?? {}
    if (!file || sameKeys(kept, this.#used)) return
    // Its own file first: of servers that start together, none reads half of what another writes.
    const part = `${file}.${process.pid}.part`
    try {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(part, JSON.stringify(this.#used))
      await rename(part, file)
    } catch {
      // A folder that cannot be written makes starts slower, and nothing else.
    }
  }

  async #read(): Promise<Record<string, string>> {
    if (!this.#file) return {}
    return readFile(this.#file, 'utf8')
      .then(JSON.parse)
      .catch(() => ({}))
  }
}

/** Part of what HTML is kept under: another MJML may write another. */
const mjmlVersion: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  .dependencies.mjml

function sameKeys(one: object, other: object): boolean {
  return JSON.stringify(Object.keys(one).sort()) === JSON.stringify(Object.keys(other).sort())
}
