import type { Told } from '@espalier/core'
import { z } from 'zod'
import type { JsonValue } from '../../json.ts'
import type { ImportItem } from '../importItem.ts'
import type { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'
import { unreadable } from './experiments.ts'
import { behaviorOf, eventInQuery, eventNamed, filterOf, inHours, type Measured, metricItem } from './metricItem.ts'

const settings = z.looseObject({
  type: z.string().nullish(),
  value: z.number().nullish(),
  delayValue: z.number().nullish(),
  delayUnit: z.string().nullish(),
  windowValue: z.number().nullish(),
  windowUnit: z.string().nullish(),
})

const column = z.looseObject({
  factTableId: z.string(),
  column: z.string().nullish(),
  aggregation: z.string().nullish(),
  filters: z.array(z.string()).nullish(),
  inlineFilters: z.record(z.string(), z.array(z.string())).nullish(),
  rowFilters: z
    .array(z.looseObject({ operator: z.string(), column: z.string().nullish(), values: z.array(z.string()).nullish() }))
    .nullish(),
  aggregateFilterColumn: z.string().nullish(),
})

type Column = z.output<typeof column>

/** A metric as the REST API answers it under `factMetrics`: rows of a table of facts. */
const factMetric = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  metricType: z.string(),
  numerator: column,
  denominator: column.nullish(),
  inverse: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  cappingSettings: settings.nullish(),
  windowSettings: settings.nullish(),
})

type FactMetric = z.output<typeof factMetric>
type FactTables = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** What becomes of metrics of facts; a ratio becomes its two parts and the ratio. */
export function factMetricItems(given: unknown, tables: FactTables, keys: FreeKeys): ImportItem[] {
  const parsed = factMetric.safeParse(given)
  if (!parsed.success) return [unreadable('metric', given, parsed.error.issues)]
  const metric = parsed.data
  if (metric.metricType !== 'ratio' || !metric.denominator) return [metricItem(measuredOf(metric, tables), keys)]
  const parts = { numerator: `${metric.id}#numerator`, denominator: `${metric.id}#denominator` }
  const above = partItem(metric, metric.numerator, parts.numerator, 'numerator')
  const below = partItem(metric, metric.denominator, parts.denominator, 'denominator')
  const lost = [above, below].filter(({ outcome }) => outcome !== 'planned')
  const ratio = { sourceId: metric.id, name: metric.name, description: metric.description ?? '', notes: [], parts }
  const input = { kind: 'ratio', higherIsBetter: metric.inverse !== true } as const
  return [
    above,
    below,
    metricItem({ ...ratio, input, problems: lost.map(({ sourceId }) => notes.part(sourceId)) }, keys),
  ]

  function partItem(whole: FactMetric, of: Column, sourceId: string, role: string): ImportItem {
    // Within a ratio a fixed cap is one of its parts; a percentile cannot be.
    const { cappingSettings, ...rest } = whole
    const part = { ...rest, metricType: 'mean', numerator: of, inverse: false }
    const capped = cappingSettings?.type === 'absolute' ? { ...part, cappingSettings } : part
    return metricItem({ ...measuredOf(capped, tables), sourceId, name: `${whole.name}: ${role}` }, keys)
  }
}

function measuredOf(metric: FactMetric, tables: FactTables): Measured {
  const { id, name, metricType, numerator, windowSettings } = metric
  const table = tables.get(numerator.factTableId)
  const { event, from } = eventOf(numerator, table, name)
  const { filters, problems } = filtersOf(numerator)
  const kind = kindOf(metricType, numerator)
  const isRetention = kind === 'retention'
  const { fields, notes: lost } = behaviorOf(metric, kind === 'count' || kind === 'value')
  const returns = Math.round(inHours(windowSettings?.delayValue, windowSettings?.delayUnit) / 24)
  const within = Math.round(inHours(windowSettings?.windowValue, windowSettings?.windowUnit) / 24)
  const property = numerator.column ?? ''
  return {
    ...{ sourceId: id, name, description: metric.description ?? '' },
    input: {
      kind: kind ?? 'count',
      event,
      higherIsBetter: metric.inverse !== true,
      ...(kind === 'value' ? { property } : {}),
      ...(filters.length > 0 ? { filter: (filters.length > 1 ? { $and: filters } : filters[0]) as JsonValue } : {}),
      ...(isRetention
        ? { retentionFrom: Math.min(364, returns), retentionTo: Math.min(365, within > 0 ? returns + within : 365) }
        : fields),
    },
    notes: [
      notes.event(event, from),
      ...(kind === 'value' ? [notes.amount(property)] : []),
      ...(isRetention ? [] : lost),
    ],
    problems: [
      ...(metricType === 'quantile' ? [notes.quantile()] : kind ? [] : [notes.metricKind(metricType)]),
      ...(metric.archived ? [notes.archivedThere()] : []),
      ...(kind === 'value' && numerator.aggregation && numerator.aggregation !== 'sum'
        ? [notes.aggregation(numerator.aggregation)]
        : []),
      ...(numerator.aggregateFilterColumn ? [notes.rowFilter(`"${numerator.aggregateFilterColumn}"`)] : []),
      ...problems,
    ],
  }
}

function kindOf(metricType: string, { column }: Column): 'conversion' | 'count' | 'value' | 'retention' | undefined {
  if (metricType === 'retention') return 'retention'
  if (metricType === 'proportion') return 'conversion'
  if (metricType !== 'mean') return undefined
  if (!column || column === '$$count') return 'count'
  return column === '$$distinctUsers' ? 'conversion' : 'value'
}

function filtersOf({ filters, inlineFilters, rowFilters }: Column) {
  const problems: Told[] = (filters ?? []).map((id) => notes.rowFilter(`"${id}"`))
  const all = [
    ...Object.entries(inlineFilters ?? {}).map(([column, values]) => ({ column, operator: 'in', values })),
    ...(rowFilters ?? []),
  ].flatMap(({ column, operator, values }) => {
    const filter = column ? filterOf(column, operator, values ?? []) : undefined
    if (!filter) problems.push(notes.rowFilter(`"${[column, operator, ...(values ?? [])].filter(Boolean).join(' ')}"`))
    return filter ? [filter] : []
  })
  return { filters: all, problems }
}

function eventOf(numerator: Column, table: Readonly<Record<string, unknown>> | undefined, name: string) {
  const { eventFrom } = notes
  const named = typeof table?.eventName === 'string' && table.eventName !== '' ? table.eventName : undefined
  if (named) return { event: named.slice(0, 64), from: eventFrom.tracked }
  const queried = eventInQuery(typeof table?.sql === 'string' ? table.sql : '')
  if (queried) return { event: queried, from: eventFrom.query }
  if (typeof table?.name === 'string') return { event: eventNamed(table.name), from: eventFrom.table }
  return { event: eventNamed(name || numerator.factTableId), from: eventFrom.name }
}
