import { prepared, type SqlContext } from '@espalier/core'
import { type EventValue, unknownSource } from '@espalier/tracking'
import type { MeasuredEvent } from '../metrics/filter.ts'

/** Something that a subject did, which no tracker saw. */
export interface Measurement {
  /** Counts once, where given. */
  readonly id?: string
  readonly subject: string
  /** As the name of an event: what metrics look for. */
  readonly name: string
  /** Of a `conversion`. */
  readonly goal?: string | null
  /** Default: now. */
  readonly at?: Date
  readonly value?: EventValue | null
  readonly properties?: Readonly<Record<string, unknown>> | null
  readonly engagedMs?: number | null
}

/** An event of a subject, whoever saw it. */
export interface SubjectEvent {
  readonly subject: string
  readonly event: MeasuredEvent
}

export type LoggedMeasurement = Required<Measurement>

/** A subject and a span of time, [from, to). */
export interface SubjectTime {
  readonly subject: string
  readonly from: Date
  readonly to: Date
}

/** Keeps measurements. @returns those whose id is new */
export async function logMeasurements(
  tx: SqlContext,
  measurements: readonly LoggedMeasurement[],
): Promise<LoggedMeasurement[]> {
  const unique = [...new Map(measurements.map((measurement) => [measurement.id, measurement])).values()]
  if (unique.length === 0) return []
  const rows = await tx.db.query<{ id: string }>(
    insertMeasurements(
      unique.map(({ id }) => id),
      unique.map(({ subject }) => subject),
      unique.map(({ name }) => name),
      unique.map(({ goal }) => goal),
      unique.map(({ at }) => at.toISOString()),
      unique.map(({ value }) => value?.amountMinor ?? null),
      unique.map(({ value }) => value?.currency ?? null),
      unique.map(({ properties }) => properties && JSON.stringify(properties)),
      unique.map(({ engagedMs }) => engagedMs),
    ),
  )
  const inserted = new Set(rows.map(({ id }) => id))
  return unique.filter(({ id }) => inserted.has(id))
}

/** What was measured of subjects in a span. Each is asked for once. */
export async function readMeasurements(tx: SqlContext, spans: readonly SubjectTime[]): Promise<SubjectEvent[]> {
  const rows = await tx.db.query<MeasurementRow>(
    selectMeasurements(
      spans.map(({ subject }) => subject),
      spans.map(({ from }) => from.toISOString()),
      spans.map(({ to }) => to.toISOString()),
    ),
  )
  return rows.map(({ amountMinor, currency, ...row }) =>
    eventOf({ ...row, value: amountMinor === null || currency === null ? null : { amountMinor, currency } }),
  )
}

export function eventOf({ subject, engagedMs, ...event }: Omit<LoggedMeasurement, 'id'>): SubjectEvent {
  const { name, goal, at, value, properties } = event
  const metrics = engagedMs === null ? null : { engagedMs }
  return { subject, event: { ...unknownSource, url: null, name, goal, at, value, properties, metrics } }
}

interface MeasurementRow extends Omit<LoggedMeasurement, 'id' | 'value'> {
  readonly amountMinor: number | null
  readonly currency: string | null
}

const insertMeasurements = prepared(
  'experiments_insert_measurements',
  `insert into "ExperimentMeasurement" ("id", "subject", "name", "goal", "at", "amountMinor", "currency", "properties", "engagedMs")
   select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::text[], $8::jsonb[],
     $9::float8[]) as new ("id")
   order by new."id"
   on conflict do nothing
   returning "id"`,
)

const selectMeasurements = prepared(
  'experiments_select_measurements',
  `select m."subject", m."name", m."goal", m."at", m."amountMinor"::float8 as "amountMinor", m."currency", m."properties", m."engagedMs"
   from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as span ("subject", "from", "to")
     join "ExperimentMeasurement" m on m."workspaceId" = current_workspace() and m."subject" = span."subject"
       and m."at" >= span."from" and m."at" < span."to"`,
)
