import { NotFoundError, type WorkspaceContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'

type Scores = ReadonlyMap<string, number>

/**
 * How well the variants of pages do, by what their experiments have counted.
 *
 * The score is 100 times the lower end of the interval of the conversion rate (Wilson's, while nothing about the
 * assignment has changed), by the first goal that is a conversion and at the confidence of the workspace's
 * experiments (95 % where nothing else is set): the rate that a variant has at least, so that 1 of 1 does
 * not outrank 90 of 100 (E. Miller, "How Not To Sort By Average Rating", 2009). 0 to 100; scores of variants compare
 * within an experiment.
 */
export class PerformanceScores {
  readonly #experiments: Experiments
  /** For as long as one request lives: the variants of a page ask for the same experiment. */
  readonly #read = new WeakMap<WorkspaceContext, Map<string, Promise<Scores>>>()

  constructor(experiments: Experiments) {
    this.#experiments = experiments
  }

  /** Null without an experiment, and before the variant was seen in it. */
  async of(context: WorkspaceContext, experimentId: string | null, variantKey: string): Promise<number | null> {
    if (experimentId === null) return null
    const known = this.#read.get(context) ?? new Map<string, Promise<Scores>>()
    this.#read.set(context, known)
    const scores = known.get(experimentId) ?? this.#scores(context, experimentId)
    known.set(experimentId, scores)
    return (await scores).get(variantKey) ?? null
  }

  async #scores(context: WorkspaceContext, experimentId: string): Promise<Scores> {
    try {
      const experiment = await this.#experiments.get(context, experimentId)
      const { metrics } = await this.#experiments.results.of(context, experiment)
      const rate = metrics.find(({ role, metric }) => role === 'goal' && metric.kind === 'conversion')
      return new Map(
        rate?.variants.flatMap(({ variant, interval }) =>
          interval ? [[variant.key, 100 * Math.max(0, interval.lower)]] : [],
        ),
      )
    } catch (error) {
      // The experiment of a page may have been deleted.
      if (error instanceof NotFoundError) return new Map()
      throw error
    }
  }
}
