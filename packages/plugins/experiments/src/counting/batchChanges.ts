import type { HealthChange, RecordedChange, ValueRow } from './countingStore.ts'
import type { Exposure } from './exposure.ts'
import { TotalChanges } from './totalChanges.ts'

/** What a batch of claims and events changes, gathered before any is written. */
export class BatchChanges {
  readonly exposures: Exposure[] = []
  readonly values: ValueRow[] = []
  readonly totals = new TotalChanges()
  readonly experimentIds = new Set<string>()
  /** "experiment subject" of those exposed for the first time. */
  readonly exposedNow = new Set<string>()
  readonly #recorded = new Map<string, RecordedChange>()
  readonly #health = new Map<string, HealthChange>()

  get recorded(): RecordedChange[] {
    return [...this.#recorded.values()].filter(({ subjects }) => subjects !== 0)
  }

  get health(): HealthChange[] {
    return [...this.#health.values()]
  }

  addRecorded({ experimentId, phase, variantId: recordedId }: Exposure, predictedId: string, sign: 1 | -1): void {
    const key = `${experimentId} ${phase} ${predictedId} ${recordedId}`
    const row = this.#recorded.get(key)
    if (row) row.subjects += sign
    else this.#recorded.set(key, { experimentId, phase, predictedId, recordedId, subjects: sign })
  }

  addHealth({ experimentId, phase, day }: Exposure, name: HealthChange['name']): void {
    const key = `${experimentId} ${phase} ${name} ${day}`
    const row = this.#health.get(key)
    if (row) row.count++
    else this.#health.set(key, { experimentId, phase, name, day, count: 1 })
  }
}
