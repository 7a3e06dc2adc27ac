import { fieldsOf, type MetricValues } from './metricValues.ts'

interface Words {
  readonly nameMissing: string
  readonly eventMissing: string
  readonly currencyMissing: string
  readonly propertyMissing: string
  readonly partMissing: string
  readonly daysWrong: string
}

/** What is known to be wrong with a metric before the server is asked. */
export function checkMetric(m: Words): (values: MetricValues) => Readonly<Record<string, string | false>> {
  return (values) => {
    const has = fieldsOf(values)
    return {
      name: values.name.trim() === '' && m.nameMissing,
      event: has.event && values.kind !== 'RETENTION' && values.event.trim() === '' && m.eventMissing,
      currency: has.currency && values.currency.trim() === '' && m.currencyMissing,
      property: has.property && values.property.trim() === '' && m.propertyMissing,
      numeratorId: has.parts && values.numeratorId === null && m.partMissing,
      denominatorId: has.parts && values.denominatorId === null && m.partMissing,
      retentionTo: has.days && (values.retentionTo ?? 0) <= (values.retentionFrom ?? 0) && m.daysWrong,
    }
  }
}
