import type { Metric, Registry } from 'prom-client'

/** Upper bounds. Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** What was observed under one set of labels. */
export class DurationSeries {
  /** By the least bound that holds them; what is above all bounds is in {@link count} alone. */
  readonly within = buckets.map(() => 0)
  sum = 0
  count = 0

  observe(seconds: number): void {
    this.sum += seconds
    this.count += 1
    for (let index = 0; index < buckets.length; index++)
      if (seconds <= (buckets[index] as number)) {
        this.within[index] = (this.within[index] as number) + 1
        return
      }
  }
}

/** A line of what is scraped. */
interface Value {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/**
 * A histogram of Prometheus, of seconds. prom-client's own checks and joins the labels of every observation, which took longer than
 * to find the variant of a page; here whoever observes keeps the series of its labels.
 */
export class Durations {
  readonly #name: string
  readonly #help: string
  readonly #series: { readonly labels: Readonly<Record<string, string>>; readonly series: DurationSeries }[] = []

  constructor(registry: Registry, { name, help }: { name: string; help: string }) {
    this.#name = name
    this.#help = help
    const metric = {
      name,
      help,
      get: async () => this.#read(),
      reset: () => {
        for (const { series } of this.#series) Object.assign(series, new DurationSeries())
      },
    }
    // What a registry asks of a metric; its type lists the classes that come with it.
    registry.registerMetric(metric as unknown as Metric)
  }

  /** The series of labels that no other call has named. */
  series(labels: Readonly<Record<string, string>>): DurationSeries {
    const series = new DurationSeries()
    this.#series.push({ labels, series })
    return series
  }

  #read() {
    const values = this.#series.filter(({ series }) => series.count > 0).flatMap((each) => this.#valuesOf(each))
    return { name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values }
  }

  #valuesOf({ labels, series: { within, sum, count } }: { labels: Value['labels']; series: DurationSeries }): Value[] {
    const value = (part: string, value: number, own: Record<string, string | number> = {}) => ({
      metricName: `${this.#name}_${part}`,
      labels: { ...own, ...labels },
      value,
    })
    let upTo = 0
    const bounded = buckets.map((le, index) => {
      upTo += within[index] as number
      return value('bucket', upTo, { le })
    })
    return [...bounded, value('bucket', count, { le: '+Inf' }), value('sum', sum), value('count', count)]
  }
}
