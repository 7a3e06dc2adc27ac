/** `offline`: this machine has no network; `reconnecting`: it has, and the server does not answer. */
export type ConnectionState = 'online' | 'reconnecting' | 'offline'

export interface ConnectionOptions {
  /** Whether the server answers now. */
  readonly probe: () => Promise<boolean>
  /** Whether the browser says that there is a network. Default: `navigator.onLine` */
  readonly hasNetwork?: () => boolean
}

/** Whether the server can be reached. Once it cannot, it is looked for until it is back. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #watchers = new Set<() => void>()
  readonly #back = new Set<() => void>()
  #reached = true
  #timer: ReturnType<typeof setTimeout> | undefined
  #probing = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    if (!(this.#options.hasNetwork?.() ?? globalThis.navigator?.onLine ?? true)) return 'offline'
    return this.#reached ? 'online' : 'reconnecting'
  }

  /** Calls back at every change. @returns what ends it */
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Calls back when the server is there again after it was not: whatever is shown may have missed something. */
  onBack(listener: () => void): () => void {
    this.#back.add(listener)
    return () => this.#back.delete(listener)
  }

  /** A request was answered, or was not. */
  told(reached: boolean): void {
    if (reached === this.#reached) return
    this.#reached = reached
    clearTimeout(this.#timer)
    if (reached) for (const listener of this.#back) listener()
    else this.#lookAgain(0)
    this.#tell()
  }

  /** The browser's network came or went. */
  networkChanged(): void {
    this.#tell()
    void this.suspect()
  }

  /** Something broke that may mean that the server is gone: looks at once. */
  async suspect(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    try {
      const reached = await this.#options.probe()
      this.#probing = false
      if (reached === this.#reached && !reached) this.#lookAgain(1)
      this.told(reached)
    } finally {
      this.#probing = false
    }
  }

  #lookAgain(tries: number): void {
    clearTimeout(this.#timer)
    const wait = async () => {
      if (this.#reached) return
      const reached = await this.#options.probe()
      if (reached) this.told(true)
      else if (!this.#reached) this.#lookAgain(tries + 1)
    }
    this.#timer = setTimeout(wait, Math.min(500 * 2 ** tries, 5_000))
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }
}
