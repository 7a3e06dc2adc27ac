import type { CreateExperimentMetricInput, ExperimentMetricKind, MetricFieldsFragment } from '../graphql/graphql.ts'

/** What the form of a metric edits. Each kind has its own fields; those of the others stay empty. */
export interface MetricValues {
  name: string
  key: string
  description: string
  kind: ExperimentMetricKind
  event: string
  filter: unknown
  /** Where the amount of a value stands. */
  valueFrom: 'currency' | 'property'
  property: string
  currency: string
  numeratorId: string | null
  denominatorId: string | null
  retentionFrom: number | null
  retentionTo: number | null
  windowHours: number | null
  cap: number | null
  capPercentile: number | null
  higherIsBetter: boolean
}

export const newMetric: MetricValues = {
  name: '',
  key: '',
  description: '',
  kind: 'CONVERSION',
  event: '',
  filter: null,
  valueFrom: 'currency',
  property: '',
  currency: '',
  numeratorId: null,
  denominatorId: null,
  retentionFrom: 1,
  retentionTo: 8,
  windowHours: null,
  cap: null,
  capPercentile: null,
  higherIsBetter: true,
}

export function valuesOf(metric: MetricFieldsFragment): MetricValues {
  const { name, key, description, kind, higherIsBetter } = metric
  return {
    ...{ name, key, description, kind, higherIsBetter },
    event: metric.event ?? '',
    filter: metric.filter ?? null,
    valueFrom: metric.property ? 'property' : 'currency',
    property: metric.property ?? '',
    currency: metric.currency ?? '',
    numeratorId: metric.numerator?.id ?? null,
    denominatorId: metric.denominator?.id ?? null,
    retentionFrom: metric.retentionFrom ?? null,
    retentionTo: metric.retentionTo ?? null,
    windowHours: metric.windowHours ?? null,
    cap: metric.cap ?? null,
    capPercentile: metric.capPercentile ?? null,
  }
}

/** Which fields a kind is made of. */
export function fieldsOf({ kind, valueFrom }: Pick<MetricValues, 'kind' | 'valueFrom'>) {
  const counts = kind === 'COUNT' || kind === 'VALUE' || kind === 'ENGAGEMENT'
  return {
    event: kind === 'CONVERSION' || kind === 'COUNT' || kind === 'VALUE' || kind === 'RETENTION',
    filter: kind !== 'RATIO',
    property: kind === 'VALUE' && valueFrom === 'property',
    currency: kind === 'VALUE' && valueFrom === 'currency',
    parts: kind === 'RATIO',
    days: kind === 'RETENTION',
    window: kind !== 'RATIO' && kind !== 'RETENTION',
    cap: counts,
  }
}

/** As the API takes it: only what the kind is made of. */
export function inputOf(values: MetricValues): CreateExperimentMetricInput {
  const has = fieldsOf(values)
  const { name, key, description, kind, higherIsBetter } = values
  const text = (value: string) => (value.trim() === '' ? null : value.trim())
  return {
    ...{ name, key, description, kind, higherIsBetter },
    ...(has.event ? { event: text(values.event) } : {}),
    ...(has.filter ? { filter: values.filter } : {}),
    ...(has.property ? { property: text(values.property) } : {}),
    ...(has.currency ? { currency: text(values.currency)?.toUpperCase() ?? null } : {}),
    ...(has.parts ? { numeratorId: values.numeratorId, denominatorId: values.denominatorId } : {}),
    ...(has.days ? { retentionFrom: values.retentionFrom, retentionTo: values.retentionTo } : {}),
    ...(has.window ? { windowHours: values.windowHours } : {}),
    ...(has.cap ? { cap: values.cap, capPercentile: values.capPercentile } : {}),
  }
}
