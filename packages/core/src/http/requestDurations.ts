import type { Registry } from 'prom-client'
import { type DurationSeries, Durations } from './durations.ts'

/** How long requests take. A series is found by its labels as they are. */
export class RequestDurations {
  readonly #durations: Durations
  /** By route, method and status: bounded however many paths are asked for. */
  readonly #series = new Map<string, Map<string, Map<number, DurationSeries>>>()

  constructor(registry: Registry) {
    this.#durations = new Durations(registry, {
      name: 'espalier_http_request_duration_seconds',
      help: 'Time from a request to its answer.',
    })
  }

  /** @param route its pattern */
  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.#series.get(route)?.get(method)?.get(status) ?? this.#begin(method, route, status)
    series.observe(seconds)
  }

  #begin(method: string, route: string, status: number): DurationSeries {
    const byMethod = this.#series.get(route) ?? new Map<string, Map<number, DurationSeries>>()
    const byStatus = byMethod.get(method) ?? new Map<number, DurationSeries>()
    const series = this.#durations.series({ method, route, status: String(status) })
    this.#series.set(route, byMethod.set(method, byStatus.set(status, series)))
    return series
  }
}
