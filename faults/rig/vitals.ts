import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Installation } from './installation.ts'

/** What is felt of a server while something happens to it: whether it answers, how much memory it has, how many connections to PostgreSQL. */
export class Vitals {
  /** Milliseconds of the slowest answer of `/healthz`. */
  slowest = 0
  /** Failures of `/healthz`. */
  readonly unanswered: string[] = []
  /** Bytes, resident, at most. */
  memory = 0
  /** Open to the database by the installation's roles, at most. */
  connections = 0
  readonly #installation: Installation
  #running = true
  readonly #over: Promise<unknown>

  constructor(installation: Installation) {
    this.#installation = installation
    this.#over = Promise.all([this.#feel(), this.#count()])
  }

  async end(): Promise<this> {
    this.#running = false
    await this.#over
    return this
  }

  async #feel(): Promise<void> {
    const [server] = this.#installation.servers
    while (this.#running) {
      const began = performance.now()
      try {
        const { status } = await fetch(`${server?.url}/healthz`, { signal: AbortSignal.timeout(30_000) })
        if (status !== 200) this.unanswered.push(`${status}`)
      } catch (error) {
        this.unanswered.push(String(error))
      }
      this.slowest = Math.max(this.slowest, performance.now() - began)
      this.memory = Math.max(this.memory, residentBytes(server?.pid as number))
      await pause(50)
    }
  }

  async #count(): Promise<void> {
    while (this.#running) {
      const [row] = await this.#installation
        .query<{ count: string }>(`select count(*) from pg_stat_activity where usename like 'espalier\\_%'`)
        // The test that failed has stopped it meanwhile.
        .catch(() => [])
      this.connections = Math.max(this.connections, Number(row?.count ?? 0))
      await pause(100)
    }
  }
}

/** Of a process. */
export function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    // It has just ended.
    return 0
  }
}
