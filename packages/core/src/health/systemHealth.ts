import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { HealthCheck, HealthReading, HealthState } from './reading.ts'

/** How the whole installation is, seen from this process. */
export interface Health {
  readonly state: HealthState
  readonly startedAt: Date
  readonly at: Date
  readonly parts: readonly HealthReading[]
}

/** How long a part may take to say how it is. Milliseconds. */
const patienceMs = 3_000

/** Asks all parts at once. One that hangs or fails keeps none of the others. */
export class SystemHealth {
  readonly #checks: HealthCheck[]
  readonly #startedAt: Date
  readonly #clock: Clock
  readonly #log: Logger

  constructor(checks: readonly HealthCheck[], { clock, log }: { clock: Clock; log: Logger }) {
    this.#checks = [...checks]
    this.#clock = clock
    this.#log = log
    this.#startedAt = clock.now()
  }

  /** Adds a part that is known only later: what serves. */
  add(check: HealthCheck): void {
    this.#checks.push(check)
  }

  async read(): Promise<Health> {
    const parts = await Promise.all(this.#checks.map((check) => this.#readOne(check)))
    const state = worst(parts.map((part) => part.state))
    return { state, startedAt: this.#startedAt, at: this.#clock.now(), parts }
  }

  async #readOne({ key, title, read }: HealthCheck): Promise<HealthReading> {
    let patience: NodeJS.Timeout | undefined
    try {
      const late = new Promise<never>((_, reject) => {
        patience = setTimeout(() => reject(new Error(`It did not answer within ${patienceMs / 1_000} s.`)), patienceMs)
      })
      return { key, title, ...(await Promise.race([read(), late])) }
    } catch (err) {
      this.#log.warn({ err, part: key }, 'A part of the installation could not say how it is')
      return {
        key,
        title,
        state: 'down',
        sentence: {
          en: 'It does not answer. The log of the server says why.',
          fr: 'Ne répond pas. Le journal du serveur dit pourquoi.',
        },
        figures: [],
      }
    } finally {
      clearTimeout(patience)
    }
  }
}

function worst(states: readonly HealthState[]): HealthState {
  if (states.includes('down')) return 'down'
  return states.includes('degraded') ? 'degraded' : 'ok'
}
