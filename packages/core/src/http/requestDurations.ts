import type { Metric, Registry } from 'prom-client'

/** Upper bounds. Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

interface Series {
  /** By the least bound that holds them; what is above all bounds is in {@link count} alone. */
  readonly within: number[]
  sum: number
  count: number
}

/** A line of what is scraped. */
interface Value {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/**
 * How long requests take, as a histogram of Prometheus. prom-client's own checks and joins the labels of every observation, which
 * took longer than to find the variant of a page; here a series is found by them as they are.
 */
export class RequestDurations {
  readonly #name = 'espalier_http_request_duration_seconds'
  readonly #help = 'Time from a request to its answer.'
  /** By route, method and status: bounded however many paths are asked for. */
  readonly #series = new Map<string, Map<string, Map<number, Series>>>()

  constructor(registry: Registry) {
    const metric = {
      name: this.#name,
      help: this.#help,
      get: async () => this.#read(),
      reset: () => this.#series.clear(),
    }
    // What a registry asks of a metric; its type lists the classes that come with it.
    registry.registerMetric(metric as unknown as Metric)
  }

  /** @param route its pattern */
  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.#series.get(route)?.get(method)?.get(status) ?? this.#begin(method, route, status)
    series.sum += seconds
    series.count += 1
    for (let index = 0; index < buckets.length; index++)
      if (seconds <= (buckets[index] as number)) {
        series.within[index] = (series.within[index] as number) + 1
        return
      }
  }

  #begin(method: string, route: string, status: number): Series {
    const byMethod = this.#series.get(route) ?? new Map<string, Map<number, Series>>()
    const byStatus = byMethod.get(method) ?? new Map<number, Series>()
    const series = { within: buckets.map(() => 0), sum: 0, count: 0 }
    this.#series.set(route, byMethod.set(method, byStatus.set(status, series)))
    return series
  }

  #read() {
    const values: Value[] = []
    for (const [route, byMethod] of this.#series)
      for (const [method, byStatus] of byMethod)
        for (const [status, series] of byStatus)
          values.push(...this.#valuesOf({ method, route, status: String(status) }, series))
    return { name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values }
  }

  #valuesOf(labels: Readonly<Record<string, string>>, { within, sum, count }: Series): Value[] {
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
