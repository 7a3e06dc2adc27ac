import type { HashedVisitor } from './visitorCounts.ts'

/** Where something is counted: the key of the rollups by the hour. */
export interface HourKey {
  readonly siteId: string
  /** The all-zero id: the whole site. */
  readonly pageId: string
  readonly dimension: string
  readonly value: string
  readonly hour: string
}

export interface HourMeasures {
  pageviews: number
  clicks: number
  conversions: number
  served: number
  sessions: number
  bounces: number
  engagedMs: number
  scrollSum: number
  scrollCount: number
}

/** What a rollup's row changes by, with the visitors who viewed a page: the same object for the same visitor. */
export type HourRow = HourKey & HourMeasures & { readonly visitors: Set<HashedVisitor> }
/** The same of a minute; `hour` is the one that it belongs to. */
export type MinuteRow = HourRow & { readonly minute: string }
export type RevenueRow = HourKey & { readonly currency: string; amountMinor: number; conversions: number }

export interface TimingRow {
  readonly siteId: string
  readonly pageId: string
  readonly metric: string
  readonly hour: string
  readonly bucket: number
  count: number
}

export const measures = [
  'pageviews',
  'clicks',
  'conversions',
  'served',
  'sessions',
  'bounces',
  'engagedMs',
  'scrollSum',
  'scrollCount',
] as const satisfies (keyof HourMeasures)[]

/** Adds what one row changes by to another. */
export function addRow(row: HourRow, more: HourRow): void {
  for (const measure of measures) row[measure] += more[measure]
  for (const visitor of more.visitors) row.visitors.add(visitor)
}
