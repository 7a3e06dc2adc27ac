import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { Durations } from './durations.ts'
import { RequestDurations } from './requestDurations.ts'

/** Adds metrics of its own, usually gauges that read their number when scraped. */
export type MetricsCollector = (registry: Registry) => void

/** The numbers of one server, in a registry of its own: two servers in a process do not mix. */
export class Metrics {
  readonly registry = new Registry()
  readonly httpDuration = new RequestDurations(this.registry)
  /** By `endpoint` and `type`. */
  readonly operationDuration = new Durations(this.registry, {
    name: 'espalier_graphql_operation_duration_seconds',
    help: 'Time to execute a GraphQL query or mutation.',
  })
  readonly operationErrors = new Counter({
    name: 'espalier_graphql_errors_total',
    help: 'Errors in GraphQL answers by code.',
    labelNames: ['endpoint', 'code'] as const,
    registers: [this.registry],
  })
  readonly subscribers = new Gauge({
    name: 'espalier_graphql_subscribers',
    help: 'Open subscriptions.',
    labelNames: ['endpoint', 'transport'] as const,
    registers: [this.registry],
  })
  readonly sockets = new Gauge({
    name: 'espalier_websockets',
    help: 'Open WebSocket connections.',
    registers: [this.registry],
  })

  constructor(collectors: readonly MetricsCollector[] = []) {
    collectDefaultMetrics({ register: this.registry })
    for (const collect of collectors) collect(this.registry)
  }

  /** In Prometheus' text format. */
  async response(): Promise<Response> {
    return new Response(await this.registry.metrics(), { headers: { 'content-type': this.registry.contentType } })
  }
}
