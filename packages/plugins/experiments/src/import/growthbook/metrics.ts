import { z } from 'zod'
import type { JsonValue } from '../../json.ts'
import type { ImportItem } from '../importItem.ts'
import type { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'
import { unreadable } from './experiments.ts'
import { behaviorOf, eventInQuery, eventNamed, filterOf, type Measured, metricItem } from './metricItem.ts'

const settings = z.looseObject({
  type: z.string().nullish(),
  value: z.number().nullish(),
  delayValue: z.number().nullish(),
  delayUnit: z.string().nullish(),
  windowValue: z.number().nullish(),
  windowUnit: z.string().nullish(),
})

const condition = z.looseObject({
  column: z.string().nullish(),
  property: z.string().nullish(),
  operator: z.string(),
  value: z.string(),
})

/** A metric as the REST API answers it under `metrics`: a query of a warehouse, or an event of Mixpanel. */
const restMetric = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  type: z.string(),
  archived: z.boolean().nullish(),
  behavior: z
    .looseObject({
      goal: z.string().nullish(),
      cappingSettings: settings.nullish(),
      windowSettings: settings.nullish(),
    })
    .nullish(),
  sql: z
    .looseObject({
      conversionSQL: z.string().nullish(),
      userAggregationSQL: z.string().nullish(),
      denominatorMetricId: z.string().nullish(),
    })
    .nullish(),
  sqlBuilder: z
    .looseObject({
      tableName: z.string().nullish(),
      valueColumnName: z.string().nullish(),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
  mixpanel: z
    .looseObject({
      eventName: z.string().nullish(),
      eventValue: z.string().nullish(),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
})

type RestMetric = z.output<typeof restMetric>

/** What becomes of metrics of the REST API; a ratio becomes what is above its line, and the ratio. */
export function metricItems(given: unknown, keys: FreeKeys): ImportItem[] {
  const parsed = restMetric.safeParse(given)
  if (!parsed.success) return [unreadable('metric', given, parsed.error.issues)]
  const metric = parsed.data
  const denominator = metric.sql?.denominatorMetricId
  const measured = measuredOf(metric)
  if (!denominator) return [metricItem(measured, keys)]
  const numerator = `${metric.id}#numerator`
  const above = metricItem({ ...measured, sourceId: numerator, name: `${metric.name}: numerator` }, keys)
  const higherIsBetter = metric.behavior?.goal !== 'decrease'
  const problems = above.outcome === 'planned' ? [] : [notes.part(numerator)]
  return [
    above,
    metricItem(
      { ...measured, input: { kind: 'ratio', higherIsBetter }, notes: [], problems, parts: { numerator, denominator } },
      keys,
    ),
  ]
}

const kinds: Readonly<Record<string, 'conversion' | 'count' | 'value'>> = {
  binomial: 'conversion',
  count: 'count',
  duration: 'value',
  revenue: 'value',
}

function measuredOf(metric: RestMetric): Measured {
  const { id, name, type, behavior, sql, sqlBuilder, mixpanel } = metric
  const kind = kinds[type]
  const { event, from } = eventOf(metric)
  const property = mixpanel?.eventValue || sqlBuilder?.valueColumnName || (type === 'duration' ? 'duration' : 'amount')
  const { fields, notes: lost } = behaviorOf(behavior ?? {}, kind !== 'conversion')
  const conditions = (mixpanel?.conditions ?? sqlBuilder?.conditions ?? []).map((each) => ({
    ...each,
    filter: filterOf(each.property ?? each.column ?? '', each.operator, [each.value]),
  }))
  const filters = conditions.flatMap(({ filter }) => (filter ? [filter] : []))
  // How values of a subject are added up, where that is said: here they are summed.
  const how = sql?.userAggregationSQL?.trim() ?? ''
  const addsUp = how === '' || /^(sum|count)\s*\(/i.test(how)
  return {
    ...{ sourceId: id, name, description: metric.description ?? '' },
    input: {
      kind: kind ?? 'count',
      event,
      higherIsBetter: behavior?.goal !== 'decrease',
      ...(kind === 'value' ? { property } : {}),
      ...(filters.length > 0 ? { filter: (filters.length > 1 ? { $and: filters } : filters[0]) as JsonValue } : {}),
      ...fields,
    },
    notes: [notes.event(event, from), ...(kind === 'value' ? [notes.amount(property)] : []), ...lost],
    problems: [
      ...(kind ? [] : [notes.metricKind(type)]),
      ...(metric.archived ? [notes.archivedThere()] : []),
      ...(kind === 'value' && !addsUp ? [notes.aggregation(how)] : []),
      ...conditions
        .filter(({ filter }) => !filter)
        .map(({ column, property, operator, value }) =>
          notes.rowFilter(`"${property ?? column} ${operator} ${value}"`),
        ),
    ],
  }
}

function eventOf({ name, mixpanel, sqlBuilder, sql }: RestMetric) {
  const { eventFrom } = notes
  if (mixpanel?.eventName) return { event: mixpanel.eventName.slice(0, 64), from: eventFrom.tracked }
  if (sqlBuilder?.tableName)
    return { event: sqlBuilder.tableName.split('.').at(-1)?.slice(0, 64) ?? name, from: eventFrom.table }
  const queried = eventInQuery(sql?.conversionSQL)
  return queried ? { event: queried, from: eventFrom.query } : { event: eventNamed(name), from: eventFrom.name }
}
