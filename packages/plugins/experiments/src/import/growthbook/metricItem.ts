import { issueTold, type Told } from '@espalier/core'
import { type MetricInput, maxWindowHours, metricInput } from '../../metrics/metricInput.ts'
import type { ImportItem } from '../importItem.ts'
import type { FreeKeys } from '../keys.ts'
import { notes } from '../notes.ts'

/** A metric of GrowthBook, of a warehouse or of facts: what both have in common. */
export interface Measured {
  readonly sourceId: string
  readonly name: string
  readonly description: string
  /** All but key, name and description. */
  readonly input: Omit<MetricInput, 'key' | 'name' | 'description'>
  readonly notes: readonly Told[]
  readonly problems: readonly Told[]
  /** Of a ratio. */
  readonly parts?: { readonly numerator: string; readonly denominator: string }
}

/** The metric that is made of it here, checked as one that a person makes. */
export function metricItem(measured: Measured, keys: FreeKeys): ImportItem {
  const { sourceId, parts } = measured
  const name = measured.name.trim().slice(0, 120) || sourceId
  const item = { kind: 'metric', sourceId, name, keepsAssignment: null } as const
  const impossible = (reasons: readonly Told[]): ImportItem => ({
    ...{ ...item, key: null, outcome: 'impossible', notes: reasons, plan: null },
  })
  if (measured.problems.length > 0) return impossible(measured.problems)
  const key = keys.take(name, sourceId)
  const input: MetricInput = { key, name, description: measured.description.trim().slice(0, 2_000), ...measured.input }
  // The parts of a ratio get their ids when they are made.
  const made = '00000000-0000-4000-8000-000000000000'
  const checked = metricInput.safeParse(parts ? { ...input, numeratorId: made, denominatorId: made } : input)
  if (!checked.success)
    return impossible(
      checked.error.issues.map((issue) => notes.unreadable(issue.path.join('.'), issueTold(issue, input))),
    )
  return {
    ...item,
    key,
    outcome: 'planned',
    notes: measured.notes,
    plan: { makes: 'metric', input, ...(parts && { parts }) },
  }
}

export interface Behavior {
  readonly cappingSettings?: { readonly type?: string | null; readonly value?: number | null } | null
  readonly windowSettings?: {
    readonly type?: string | null
    readonly delayValue?: number | null
    readonly delayUnit?: string | null
    readonly windowValue?: number | null
    readonly windowUnit?: string | null
  } | null
}

const hoursOf: Readonly<Record<string, number>> = { minutes: 1 / 60, hours: 1, days: 24, weeks: 168 }

/** A length of time in hours. @param unit hours where it is missing */
export function inHours(value: number | null | undefined, unit: string | null | undefined): number {
  return (value ?? 0) * (hoursOf[unit ?? 'hours'] ?? 1)
}

/** Caps and windows, in our fields, with what they lose. @param capped whether the kind of metric has a cap here */
export function behaviorOf({ cappingSettings, windowSettings }: Behavior, capped: boolean) {
  const { type: window, windowValue, windowUnit, delayValue } = windowSettings ?? {}
  const { type: cap, value } = cappingSettings ?? {}
  const hours = Math.min(maxWindowHours, Math.max(1, Math.round(inHours(windowValue, windowUnit))))
  const told: Told[] = [
    ...(delayValue ? [notes.delay()] : []),
    ...(window === 'lookback' ? [notes.lookback()] : []),
    ...(capped && cap === 'percentile' ? [notes.percentile()] : []),
  ]
  return {
    fields: {
      ...(window === 'conversion' && windowValue ? { windowHours: hours } : {}),
      ...(capped && cap === 'absolute' && value ? { cap: value } : {}),
      ...(capped && cap === 'percentile' && value ? { capPercentile: value } : {}),
    },
    notes: told,
  }
}

/** A filter of rows as our condition about a property of the event; undefined for one that there is none for. */
export function filterOf(
  column: string,
  operator: string,
  values: readonly string[],
): Record<string, unknown> | undefined {
  const attribute = `properties.${column}`
  // Tables have columns of a type, events have what was sent: a number may have come as either.
  const either = values.flatMap((value) => (isNumber(value) ? [value, Number(value)] : [value]))
  const [first = ''] = values
  if (operator === '=' || operator === 'in') return { [attribute]: { $in: either } }
  if (operator === '!=' || operator === 'not_in') return { [attribute]: { $nin: either } }
  if (operator === 'is_true') return { [attribute]: true }
  if (operator === 'is_false') return { [attribute]: false }
  if (operator === 'is_null') return { [attribute]: { $exists: false } }
  if (operator === 'not_null') return { [attribute]: { $exists: true } }
  const compare = comparisons[operator]
  return compare && isNumber(first) ? { [attribute]: { [compare]: Number(first) } } : undefined
}

const comparisons: Readonly<Record<string, string>> = { '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' }

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}

/** The event that a query of a warehouse selects, as far as it can be guessed; undefined where it says nothing. */
export function eventInQuery(query: string | null | undefined): string | undefined {
  return /\bevent(?:_?name|_?type)?["`\]]?\s*=\s*'([^']{1,64})'/i.exec(query ?? '')?.[1]
}

/** A name as events are called: "Sign ups" becomes "sign-ups". */
export function eventNamed(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64)
}
