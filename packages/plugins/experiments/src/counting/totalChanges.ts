import { exposuresId, sliceDimensions } from '../results/totals.ts'
import type { CountedMetric } from './countedExperiment.ts'
import type { Exposure } from './exposure.ts'
import { nothing, type SubjectValue, type Sums, sumsByDay } from './subjectValue.ts'

/** One line of `ExperimentTotal`, and by how much it moves. */
export interface TotalChange extends Sums {
  readonly experimentId: string
  readonly phase: number
  readonly metricId: string
  readonly variantId: string
  readonly dimension: string
  readonly value: string
  readonly day: string
}

/** By how much totals move, gathered before any is written: in all, and for each slice of the exposure. */
export class TotalChanges {
  readonly #rows = new Map<string, TotalChange>()

  /** @param sign 1 counts the exposure, -1 takes it back */
  addExposure(exposure: Exposure, sign: 1 | -1): void {
    this.#add(exposure, exposuresId, exposure.day, { ...nothing, subjects: 1 }, sign)
  }

  addValue(exposure: Exposure, metric: CountedMetric, value: SubjectValue, sign: 1 | -1): void {
    const { id, caps, below } = metric
    for (const [day, sums] of sumsByDay(value, caps, below ? 'denominator' : 'before', exposure.day))
      this.#add(exposure, id, day, sums, sign)
  }

  /** Those that move at all. */
  get rows(): TotalChange[] {
    return [...this.#rows.values()].filter((row) => sumNames.some((name) => row[name] !== 0))
  }

  #add(exposure: Exposure, metricId: string, day: string, sums: Sums, sign: 1 | -1): void {
    this.#addTo(exposure, metricId, '', '', day, sums, sign)
    for (const dimension of sliceDimensions)
      this.#addTo(exposure, metricId, dimension, exposure[dimension] ?? '', day, sums, sign)
  }

  #addTo(
    { experimentId, phase, variantId }: Exposure,
    metricId: string,
    dimension: string,
    value: string,
    day: string,
    sums: Sums,
    sign: 1 | -1,
  ): void {
    const key = `${experimentId} ${phase} ${metricId} ${variantId} ${day} ${dimension} ${value}`
    let row = this.#rows.get(key)
    if (!row) {
      row = { experimentId, phase, metricId, variantId, dimension, value, day, ...nothing }
      this.#rows.set(key, row)
    }
    for (const name of sumNames) row[name] += sign * sums[name]
  }
}

export const sumNames = Object.keys(nothing) as readonly (keyof Sums)[]
