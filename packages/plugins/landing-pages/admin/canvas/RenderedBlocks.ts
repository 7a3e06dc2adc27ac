import { ask } from '@espalier/admin-kit'
import type { RenderBlocksQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { type BlockData, withoutSlots } from './content.ts'

const RenderBlocks = graphql(`
  query RenderBlocks($blocks: [JSON!]!, $language: String!) {
    renderBlocks(blocks: $blocks, language: $language) {
      html
      slots
      issues { path message }
    }
  }
`)

/** A block as the server shows it to visitors. */
export type Rendered = RenderBlocksQuery['renderBlocks'][number]

/** What the canvas shows of a block. */
export interface Shown {
  /** The latest markup that it had, perhaps with other props, while the server works or refuses. */
  readonly html: string | undefined
  readonly slots: readonly string[]
  /** What keeps it from being shown as it is now. */
  readonly issues: Rendered['issues']
  /** The markup belongs to other props. */
  readonly outdated: boolean
}

/** As many as the server takes at once. */
const most = 200
/** Blocks are asked for together when nobody has typed for this long. Milliseconds. */
const quietMs = 90

/**
 * Blocks as the server renders them: asked for in batches, remembered by what is in them, so that undo, other variants and
 * a second look cost nothing.
 */
export class RenderedBlocks {
  readonly #language: string
  readonly #known = new Map<string, Rendered>()
  /** The latest markup of each block, by its id. */
  readonly #latest = new Map<string, Rendered>()
  readonly #wanted = new Map<string, BlockData>()
  readonly #listeners = new Set<() => void>()
  readonly #shown = new Map<string, { key: string; rendered: Rendered | undefined; shown: Shown }>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #first = true
  #answers = 0

  /** @param language of the page, BCP 47 */
  constructor(language: string) {
    this.#language = language
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What to show of a block now; what is not known yet is asked for. The same object as long as nothing has changed. */
  show(block: BlockData): Shown {
    const key = keyOf(block)
    const { id } = block.props
    const rendered = this.#known.get(key)
    const before = this.#shown.get(id)
    if (before && before.key === key && before.rendered === rendered) return before.shown
    if (!rendered) this.#want(key, block)
    else if (rendered.html !== null) this.#latest.set(id, rendered)
    const latest = this.#latest.get(id)
    const shown: Shown = {
      html: latest?.html ?? undefined,
      slots: (rendered?.html === null ? undefined : rendered)?.slots ?? latest?.slots ?? [],
      issues: rendered?.issues ?? [],
      outdated: latest !== rendered,
    }
    this.#shown.set(id, { key, rendered, shown })
    return shown
  }

  /** What the server says of a block, where it has been asked. */
  issuesOf(block: BlockData): Rendered['issues'] {
    return this.#known.get(keyOf(block))?.issues ?? []
  }

  /** The slots of a block as it is, where the server has said. */
  slotsOf(block: BlockData): readonly string[] | undefined {
    const rendered = this.#known.get(keyOf(block))
    return rendered && rendered.html !== null ? rendered.slots : undefined
  }

  /** How often the server has answered: for those who look at everything. */
  readonly answers = (): number => this.#answers

  #want(key: string, block: BlockData): void {
    this.#wanted.set(key, withoutSlots(block))
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#ask(), this.#first ? 0 : quietMs)
    this.#first = false
  }

  async #ask(): Promise<void> {
    this.#timer = undefined
    const wanted = [...this.#wanted].slice(0, most)
    for (const [key] of wanted) this.#wanted.delete(key)
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#ask(), 0)
    try {
      const blocks = wanted.map(([, block]) => block)
      const { renderBlocks } = await ask(RenderBlocks, { blocks, language: this.#language })
      for (const [index, [key]] of wanted.entries()) {
        const rendered = renderBlocks[index]
        if (rendered) this.#known.set(key, rendered)
      }
      this.#answers += 1
      for (const listener of this.#listeners) listener()
    } catch {
      // The server cannot be reached: what is shown stays, and is asked for again in a while.
      for (const [key, block] of wanted) this.#wanted.set(key, block)
      this.#timer ??= setTimeout(() => void this.#ask(), 3_000)
    }
  }
}

function keyOf(block: BlockData): string {
  return JSON.stringify(withoutSlots(block))
}
