import type { SystemDb } from '../data/database.ts'
import { jobTable, queueNow } from './installation.ts'
import type { Attempt } from './jobRun.ts'

interface Completion {
  readonly attempt: Attempt
  readonly result: unknown
  readonly settle: (error?: unknown) => void
}

/**
 * Writes down the jobs of a queue that have succeeded. Those that end while a write is under way go together
 * in the next one, so a busy queue takes few statements and a quiet one never waits.
 */
export class Completions {
  readonly #system: SystemDb
  readonly #queue: string
  #waiting: Completion[] = []
  #writing = false

  constructor(system: SystemDb, queue: string) {
    this.#system = system
    this.#queue = queue
  }

  /** Resolves when it is written, or when the attempt is no longer ours to complete: canceled, or taken over as lost. */
  add(attempt: Attempt, result: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ attempt, result, settle: (error) => (error === undefined ? resolve() : reject(error)) })
      if (!this.#writing) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const together = this.#waiting
      this.#waiting = []
      const failure = await this.#complete(together).then(
        () => undefined,
        (error: unknown) => error,
      )
      for (const { settle } of together) settle(failure)
    }
    this.#writing = false
  }

  /** The attempt's number keeps one that was given up as lost from completing the one that came after it. */
  async #complete(completions: readonly Completion[]): Promise<void> {
    const rows = completions.map(({ attempt, result }) => ({
      id: attempt.id,
      retryCount: attempt.retryCount,
      output: { result },
    }))
    await this.#system.query({
      name: 'espalier_complete_jobs',
      text: `update ${jobTable} job set state = 'completed', completed_on = ${queueNow}, output = done.output
        from json_to_recordset($2::json) as done (id uuid, "retryCount" int, output jsonb)
        where job.name = $1 and job.id = done.id and job.state = 'active' and job.retry_count = done."retryCount"`,
      values: [this.#queue, JSON.stringify(rows)],
    })
  }
}
