import type { MeasuredEvent } from '../metrics/filter.ts'
import type { CountedExperiment, CountedMetric, MeasuredPart } from './countedExperiment.ts'

/** What one event adds to one metric of one experiment, if it happened in time. */
export interface Measured {
  readonly experiment: CountedExperiment
  readonly metric: CountedMetric
  readonly part: MeasuredPart
  readonly at: Date
  readonly amount: number
}

type Measurer = Pick<Measured, 'experiment' | 'metric' | 'part'>

/** What events mean for the metrics of running experiments, found by the name of the event. */
export class Measurers {
  readonly #byEvent = new Map<string, Measurer[]>()
  /** Of metrics that any event may move. */
  readonly #ofAny: Measurer[] = []

  constructor(experiments: readonly CountedExperiment[]) {
    for (const experiment of experiments)
      for (const metric of experiment.metrics)
        for (const part of [metric.above, ...(metric.below ? [metric.below] : [])])
          this.#listOf(part.metric.event).push({ experiment, metric, part })
  }

  /** Calls back for each metric that an event moves. */
  measure(event: MeasuredEvent, add: (measured: Measured) => void): void {
    const { name, goal } = event
    this.#measure(this.#ofAny, event, add)
    this.#measure(this.#byEvent.get(name), event, add)
    if (name === 'conversion' && goal !== null && goal !== name) this.#measure(this.#byEvent.get(goal), event, add)
  }

  #measure(measurers: readonly Measurer[] | undefined, event: MeasuredEvent, add: (measured: Measured) => void): void {
    for (const measurer of measurers ?? []) {
      const amount = measurer.part.measure(event)
      if (amount !== undefined) add({ ...measurer, at: event.at, amount })
    }
  }

  #listOf(event: string | null): Measurer[] {
    if (event === null) return this.#ofAny
    const known = this.#byEvent.get(event)
    if (known) return known
    const made: Measurer[] = []
    this.#byEvent.set(event, made)
    return made
  }
}
