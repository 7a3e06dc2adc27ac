/** Waiting, injected: tests move time by hand. */
export interface Timers {
  /** Runs `work` once, after so many milliseconds. @returns takes it back; harmless when it has run */
  after(milliseconds: number, work: () => void): () => void
}

export const systemTimers: Timers = {
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
}
