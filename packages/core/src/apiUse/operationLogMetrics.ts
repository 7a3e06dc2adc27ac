import { Counter } from 'prom-client'
import type { MetricsCollector } from '../http/metrics.ts'
import type { OperationLog } from './operationLog.ts'

/** Operations of API keys by what became of them: written to the log, or dropped. */
export function operationLogMetrics(log: OperationLog): MetricsCollector {
  return (registry) => {
    new Counter({
      name: 'espalier_operation_log_total',
      help: 'Operations of API keys by what became of them: written to the log, or dropped under overload.',
      labelNames: ['outcome'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [outcome, count] of Object.entries(log.counts)) this.inc({ outcome }, count)
      },
    })
  }
}
