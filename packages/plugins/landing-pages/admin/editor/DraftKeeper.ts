import type { PageContent } from '../canvas/content.ts'
import { type Clash, mergeContents, same, withTheirs } from '../merge/mergeContents.ts'

/** A content as the server has it. */
export interface Saved {
  readonly content: PageContent
  readonly version: number
}

/** How saving went. */
export type SaveOutcome =
  | { readonly saved: Saved }
  | {
      readonly code: string
      readonly message: string
      readonly issues: readonly { readonly path: string; readonly message: string }[]
    }

export type DraftState =
  | { readonly kind: 'saved'; readonly at: Date | undefined }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saving' }
  /** The server cannot be reached: kept in this browser, and sent when it can. */
  | { readonly kind: 'offline' }
  /** The server does not take it as it is: kept in this browser until it is mended. */
  | {
      readonly kind: 'refused'
      readonly message: string
      readonly issues: readonly { path: string; message: string }[]
    }
  /** Somebody else changed the same words. Nothing is saved until somebody has chosen. */
  | { readonly kind: 'clash'; readonly clashes: readonly Clash[] }

export interface DraftParts {
  readonly variantId: string
  readonly save: (content: PageContent, expectedVersion: number) => Promise<SaveOutcome>
  readonly load: () => Promise<Saved>
  /** The canvas shows this instead: somebody else's changes are in it. */
  readonly show: (content: PageContent) => void
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly now?: () => Date
}

/** Typing that stops for this long is saved. Milliseconds. */
const quietMs = 700
/** How long until the server is asked again that could not be reached. Milliseconds. */
const retryMs = 4_000

/**
 * Keeps what somebody does to a variant: saves it when they pause, in this browser as long as it is not saved, and together
 * with what others do to it meanwhile.
 */
export class DraftKeeper {
  readonly #parts: DraftParts
  readonly #listeners = new Set<() => void>()
  #mine: PageContent
  /** What I had, and what the server had, at `#version`. */
  #myBase: PageContent
  #theirBase: PageContent
  #version: number
  #state: DraftState = { kind: 'saved', at: undefined }
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What talks to the server does so one after the other: a merge between a save and its answer would lose words. */
  #turn: Promise<void> = Promise.resolve()
  #closed = true
  /** Whether unsaved work of an earlier visit came back. */
  readonly recovered: boolean

  constructor(saved: Saved, parts: DraftParts) {
    this.#parts = parts
    this.#mine = this.#myBase = this.#theirBase = saved.content
    this.#version = saved.version
    const kept = this.#kept()
    this.recovered = kept !== undefined && !same(kept.mine, saved.content)
    if (!kept || !this.recovered) {
      this.#forget()
      return
    }
    this.#mine = kept.mine
    this.#myBase = kept.myBase
    this.#theirBase = kept.theirBase
    this.#version = kept.version
    if (saved.version > kept.version) this.#bringIn(saved)
    else this.#state = { kind: 'unsaved' }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): DraftState => this.#state

  /** What is on the canvas, saved or not. */
  get content(): PageContent {
    return this.#mine
  }

  get version(): number {
    return this.#version
  }

  /** Somebody works on it. */
  change(content: PageContent): void {
    if (same(content, this.#mine)) {
      this.#mine = content
      return
    }
    this.#mine = content
    this.#keep()
    if (this.#state.kind === 'clash') return
    this.#set({ kind: 'unsaved' })
    this.#later(quietMs)
  }

  /** The server may have a newer version than this one. */
  async lookFor(version: number): Promise<void> {
    await this.#inTurn(async () => {
      if (version <= this.#version || this.#state.kind === 'clash') return
      try {
        this.#bringIn(await this.#parts.load())
      } catch {
        // The next save finds out.
      }
    })
  }

  /** The server can be reached again, or somebody wants it saved now. @returns whether everything is saved */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#save()
    return this.#isSaved() && this.#state.kind !== 'clash'
  }

  /** Somebody chose: these clashes are settled as the other has them, the rest as I have them. */
  settle(theirs: readonly Clash[]): void {
    this.#mine = withTheirs(this.#mine, theirs)
    this.#keep()
    this.#parts.show(this.#mine)
    this.#set({ kind: 'unsaved' })
    this.#later(0)
  }

  /** From now on it saves by itself. */
  open(): void {
    this.#closed = false
    if (!this.#isSaved() && this.#state.kind !== 'clash') this.#later(0)
  }

  /** Nothing is saved after this by itself; what is not saved stays in this browser. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #isSaved(): boolean {
    return same(this.#mine, this.#myBase)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#save(), ms)
  }

  #save(): Promise<void> {
    return this.#inTurn(() => this.#saveOnce())
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work)
    return this.#turn
  }

  async #saveOnce(): Promise<void> {
    if (this.#state.kind === 'clash') return
    if (this.#isSaved()) {
      this.#forget()
      if (this.#state.kind !== 'saved') this.#set({ kind: 'saved', at: this.#now() })
      return
    }
    this.#set({ kind: 'saving' })
    const sent = this.#mine
    const outcome = await this.#parts.save(sent, this.#version)
    if ('saved' in outcome) {
      this.#myBase = sent
      this.#theirBase = outcome.saved.content
      this.#version = outcome.saved.version
      if (!this.#isSaved()) {
        this.#keep()
        this.#set({ kind: 'unsaved' })
        this.#later(quietMs)
        return
      }
      this.#forget()
      this.#set({ kind: 'saved', at: this.#now() })
      return
    }
    const { code, message, issues } = outcome
    if (code === 'UNREACHABLE') {
      this.#set({ kind: 'offline' })
      this.#later(retryMs)
    } else if (code === 'CONFLICT' && (await this.#foundNewer())) {
      // Brought in: it is saved again, or somebody has to choose.
    } else this.#set({ kind: 'refused', message, issues })
  }

  async #foundNewer(): Promise<boolean> {
    try {
      const saved = await this.#parts.load()
      if (saved.version <= this.#version) return false
      this.#bringIn(saved)
      return true
    } catch {
      return false
    }
  }

  #bringIn(saved: Saved): void {
    const { content, clashes } = mergeContents({
      myBase: this.#myBase,
      mine: this.#mine,
      theirBase: this.#theirBase,
      theirs: saved.content,
    })
    const moved = !same(content, this.#mine)
    this.#mine = content
    this.#myBase = saved.content
    this.#theirBase = saved.content
    this.#version = saved.version
    if (moved) this.#parts.show(content)
    if (clashes.length > 0) {
      this.#keep()
      clearTimeout(this.#timer)
      this.#set({ kind: 'clash', clashes })
    } else if (this.#isSaved()) {
      this.#forget()
      this.#set({ kind: 'saved', at: this.#now() })
    } else {
      this.#keep()
      this.#set({ kind: 'unsaved' })
      this.#later(0)
    }
  }

  #set(state: DraftState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  #now(): Date {
    return (this.#parts.now ?? (() => new Date()))()
  }

  get #key(): string {
    return `espalier.draft.${this.#parts.variantId}`
  }

  #keep(): void {
    const kept: Kept = { mine: this.#mine, myBase: this.#myBase, theirBase: this.#theirBase, version: this.#version }
    try {
      this.#parts.storage.setItem(this.#key, JSON.stringify(kept))
    } catch {
      // The browser keeps nothing: then it is kept as long as the page is open.
    }
  }

  #forget(): void {
    try {
      this.#parts.storage.removeItem(this.#key)
    } catch {
      // As above.
    }
  }

  #kept(): Kept | undefined {
    try {
      const kept = JSON.parse(this.#parts.storage.getItem(this.#key) ?? 'null') as Kept | null
      return kept && Array.isArray(kept.mine?.content) && typeof kept.version === 'number' ? kept : undefined
    } catch {
      return undefined
    }
  }
}

interface Kept {
  readonly mine: PageContent
  readonly myBase: PageContent
  readonly theirBase: PageContent
  readonly version: number
}
