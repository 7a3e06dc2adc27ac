import { Counter, Gauge } from 'prom-client'
import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'
import type { MetricsCollector } from './metrics.ts'

/** What a pool of connections tells about itself; `pg.Pool` does. */
export interface PoolNumbers {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Connections by pool: open, of these idle, and how many requests wait for one. */
export function poolMetrics(pools: Readonly<Record<string, PoolNumbers>>): MetricsCollector {
  return (registry) => {
    new Gauge({
      name: 'espalier_database_connections',
      help: 'Database connections by pool and state; "waiting" are those that wait for one.',
      labelNames: ['pool', 'state'] as const,
      registers: [registry],
      collect() {
        for (const [pool, numbers] of Object.entries(pools)) {
          this.set({ pool, state: 'open' }, numbers.totalCount)
          this.set({ pool, state: 'idle' }, numbers.idleCount)
          this.set({ pool, state: 'waiting' }, numbers.waitingCount)
        }
      },
    })
  }
}

/** Something that a plugin counts and that only grows, read when it is scraped. */
export interface PluginCounter<Service> {
  /** Lower-case words joined by underscores, such as "tracking_events": exposed as espalier_tracking_events_total. */
  readonly name: string
  readonly help: string
  /** What its numbers are told apart by, such as "outcome". Of a few values that are known beforehand. */
  readonly label: string
  readonly read: (service: Service) => Readonly<Record<string, number>>
}

export function pluginMetrics<Service>(counter: PluginCounter<Service>, service: Service): MetricsCollector {
  return (registry) => {
    new Counter({
      name: `espalier_${counter.name}_total`,
      help: counter.help,
      labelNames: [counter.label],
      registers: [registry],
      collect() {
        this.reset()
        for (const [value, count] of Object.entries(counter.read(service))) this.inc({ [counter.label]: value }, count)
      },
    })
  }
}

/** Jobs that wait or run, by queue; finished ones are not counted, so that a scrape stays cheap. */
export function jobMetrics(system: SystemDb): MetricsCollector {
  return (registry) => {
    new Gauge({
      name: 'espalier_jobs',
      help: 'Jobs by queue and state, of all workspaces.',
      labelNames: ['queue', 'state'] as const,
      registers: [registry],
      async collect() {
        // Through the second door: the numbers are the installation's, and name no workspace.
        const rows = await system.query<{ queue: string; state: string; jobs: number }>(countJobs())
        this.reset()
        for (const { queue, state, jobs } of rows) this.set({ queue, state }, jobs)
      },
    })
  }
}

const countJobs = prepared(
  'metrics_count_jobs',
  `select name as queue, state::text as state, count(*)::int as jobs from pgboss.job where state < 'completed' group by 1, 2`,
)
