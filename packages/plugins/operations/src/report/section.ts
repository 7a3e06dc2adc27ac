import type { SqlContext } from '@espalier/core'
import type { Words } from '../alerts/metric.ts'

/** A part of the daily report. */
export interface ReportSection {
  /** Unique: "changed". */
  readonly name: string
  readonly heading: Words
  /** What there is to say of a day; nothing where there is nothing. */
  items(context: SqlContext, day: ReportDay): Promise<readonly ReportItem[]>
}

/** A day as somebody's clock shows it. */
export interface ReportDay {
  /** "2026-11-20" */
  readonly day: string
  /** IANA. */
  readonly timeZone: string
  readonly from: Date
  /** Excluded. */
  readonly to: Date
}

export interface ReportItem {
  readonly text: Words
  /** Path in the admin. */
  readonly link?: string
}
