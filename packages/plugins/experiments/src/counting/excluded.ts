import { BatchedCounts, type Clock, type SqlContext } from '@espalier/core'
import { type HealthChange, readRunning, writeHealth } from './countingStore.ts'
import { Days } from './day.ts'

/** Why somebody who met an experiment is not in it. */
export type Exclusion = Extract<HealthChange['name'], 'bot' | 'forced'>

interface ExcludedCount {
  readonly experimentId: string
  readonly name: Exclusion
  readonly at: Date
  count: number
}

export interface ExcludedParts {
  readonly workspace: (workspaceId: string) => SqlContext
  readonly timeZone: (context: SqlContext) => Promise<string>
  readonly clock: Clock
}

/** Counts who met an experiment and is left out of it. In memory: whoever serves a page waits for nothing. */
export class Excluded {
  readonly #clock: Clock
  readonly #counts: BatchedCounts<ExcludedCount>

  constructor({ workspace, timeZone, clock }: ExcludedParts) {
    this.#clock = clock
    this.#counts = new BatchedCounts({
      workspace,
      what: 'visitors that experiments leave out',
      write: async (tx, counts) => {
        const running = await readRunning(tx, new Set(counts.map(({ experimentId }) => experimentId)))
        const phases = new Map(running.map(({ id, phase }) => [id, phase]))
        await writeHealth(tx, rowsOf(counts, phases, new Days(await timeZone(tx))))
      },
    })
  }

  add(workspaceId: string, experimentId: string, name: Exclusion): void {
    const now = this.#clock.now().getTime()
    const at = now - (now % quarterMs)
    this.#counts.add(workspaceId, `${experimentId} ${name} ${at}`, () => ({
      experimentId,
      name,
      at: new Date(at),
      count: 0,
    }))
  }

  /** Resolves when everything that was counted is written, or could not be. */
  flush(): Promise<void> {
    return this.#counts.flush()
  }
}

/** No day begins within one. */
const quarterMs = 15 * 60_000

/** By day, of experiments that run. */
function rowsOf(counts: readonly ExcludedCount[], phases: ReadonlyMap<string, number>, days: Days): HealthChange[] {
  const rows = new Map<string, HealthChange>()
  for (const { experimentId, name, at, count } of counts) {
    const phase = phases.get(experimentId)
    if (phase === undefined) continue
    const day = days.of(at)
    const key = `${experimentId} ${name} ${day}`
    const row = rows.get(key)
    if (row) row.count += count
    else rows.set(key, { experimentId, phase, name, day, count })
  }
  return [...rows.values()]
}
