import { operationsPlugin } from './plugin.ts'

export type { Metric, MetricFilter, MetricPoint, MetricSlice, MetricSpan } from './alerts/metric.ts'
export type { CostSource } from './costs/costs.ts'
export type * from './notifier.ts'
export type { Operations } from './operations.ts'
export type { ReportDay, ReportItem, ReportSection } from './report/section.ts'

export default operationsPlugin()
