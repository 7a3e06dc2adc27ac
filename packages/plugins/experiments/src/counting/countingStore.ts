import { prepared, type SqlContext } from '@espalier/core'
import type { Exposure } from './exposure.ts'
import { type DayValue, type SubjectValue, totalOf } from './subjectValue.ts'
import { sumNames, type TotalChange } from './totalChanges.ts'

// The statements of counting: each takes a batch of any size. Whoever writes holds the workspace's turn; rows are
// taken in the order of their keys all the same.

/** What is known of a subject in an experiment. */
export interface KnownSubject extends Exposure {
  /** By metric. */
  readonly values: Readonly<Record<string, SubjectValue>>
}

/** Of experiments, those that run at this moment. */
export interface RunningNow {
  readonly id: string
  readonly phase: number
  /** Changes with whatever changes how a running experiment is counted. */
  readonly version: string
}

export function readRunning(tx: SqlContext, ids: Iterable<string>): Promise<RunningNow[]> {
  return tx.db.query<RunningNow>(selectRunningNow([...ids]))
}

export function readSubjects(
  tx: SqlContext,
  pairs: readonly { readonly experimentId: string; readonly subject: string }[],
): Promise<KnownSubject[]> {
  return tx.db.query<KnownSubject>(
    selectSubjects(
      pairs.map(({ experimentId }) => experimentId),
      pairs.map(({ subject }) => subject),
    ),
  )
}

export async function writeExposures(tx: SqlContext, exposures: readonly Exposure[]): Promise<void> {
  if (exposures.length === 0) return
  await tx.db.query(
    upsertExposures(
      exposures.map(({ experimentId }) => experimentId),
      exposures.map(({ subject }) => subject),
      exposures.map(({ variantId }) => variantId),
      exposures.map(({ exposedAt }) => exposedAt.toISOString()),
      exposures.map(({ phase }) => phase),
      exposures.map(({ day }) => day),
      exposures.map(({ device }) => device),
      exposures.map(({ country }) => country),
      exposures.map(({ channel }) => channel),
      exposures.map(({ crossed }) => crossed),
    ),
  )
}

export interface ValueRow {
  readonly experimentId: string
  readonly metricId: string
  readonly subject: string
  readonly value: SubjectValue
}

export async function writeValues(tx: SqlContext, rows: readonly ValueRow[]): Promise<void> {
  if (rows.length === 0) return
  const totals = rows.map(({ value }) => totalOf(value))
  await tx.db.query(
    upsertValues(
      rows.map(({ experimentId }) => experimentId),
      rows.map(({ metricId }) => metricId),
      rows.map(({ subject }) => subject),
      totals.map(({ value }) => value),
      totals.map(({ denominator }) => denominator),
      rows.map(({ value }) => value.before),
      rows.map(({ value }) => JSON.stringify(value.byDay satisfies readonly DayValue[])),
    ),
  )
}

export async function writeTotals(tx: SqlContext, rows: readonly TotalChange[]): Promise<void> {
  if (rows.length === 0) return
  await tx.db.query(
    addToTotals(
      rows.map(({ experimentId }) => experimentId),
      rows.map(({ dimension }) => dimension),
      rows.map(({ metricId }) => metricId),
      rows.map(({ phase }) => phase),
      rows.map(({ variantId }) => variantId),
      rows.map(({ value }) => value),
      rows.map(({ day }) => day),
      ...sumNames.map((name) => rows.map((row) => row[name])),
    ),
  )
}

/** How often a subject was recorded with a variant, beside the one that the hash gives it. */
export interface RecordedChange {
  readonly experimentId: string
  readonly phase: number
  readonly predictedId: string
  readonly recordedId: string
  subjects: number
}

export async function writeRecorded(tx: SqlContext, rows: readonly RecordedChange[]): Promise<void> {
  if (rows.length === 0) return
  await tx.db.query(
    addToRecorded(
      rows.map(({ experimentId }) => experimentId),
      rows.map(({ phase }) => phase),
      rows.map(({ predictedId }) => predictedId),
      rows.map(({ recordedId }) => recordedId),
      rows.map(({ subjects }) => subjects),
    ),
  )
}

/** Something that was noticed beside the results, on a day. */
export interface HealthChange {
  readonly experimentId: string
  readonly phase: number
  readonly name: 'bot' | 'late' | 'crossover' | 'forced'
  readonly day: string
  count: number
}

export async function writeHealth(tx: SqlContext, rows: readonly HealthChange[]): Promise<void> {
  if (rows.length === 0) return
  await tx.db.query(
    addToHealth(
      rows.map(({ experimentId }) => experimentId),
      rows.map(({ phase }) => phase),
      rows.map(({ name }) => name),
      rows.map(({ day }) => day),
      rows.map(({ count }) => count),
    ),
  )
}

/** SQL of the version of the experiment `e`: its phase and the caps that its totals are counted with. */
export const versionOf = `concat_ws(' ', e."phase", (select string_agg(concat_ws('=', g."metricId", g."cap"), ' ' order by g."metricId")
     from "ExperimentGoal" g where g."workspaceId" = e."workspaceId" and g."experimentId" = e."id"))`

const selectRunningNow = prepared(
  'experiments_select_running_now',
  `select e."id", e."phase", ${versionOf} as "version" from "Experiment" e
   where e."workspaceId" = current_workspace() and e."id" = any($1::uuid[]) and e."status" = 'running'`,
)

const selectSubjects = prepared(
  'experiments_select_subjects',
  `select x."experimentId", x."subject", x."variantId", x."exposedAt", x."phase", x."day"::text, x."device", x."country",
     x."channel", x."crossed",
     coalesce((select json_object_agg(v."metricId", json_build_object('byDay', v."byDay", 'before', v."before"))
       from "ExperimentSubjectValue" v where v."workspaceId" = x."workspaceId" and v."experimentId" = x."experimentId"
         and v."subject" = x."subject"), '{}') as "values"
   from unnest($1::uuid[], $2::text[]) as asked ("experimentId", "subject")
     join "ExperimentExposure" x on x."workspaceId" = current_workspace() and x."experimentId" = asked."experimentId"
       and x."subject" = asked."subject"`,
)

const upsertExposures = prepared(
  'experiments_upsert_exposures',
  `insert into "ExperimentExposure" ("experimentId", "subject", "variantId", "exposedAt", "phase", "day", "device", "country",
     "channel", "crossed")
   select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::int[], $6::date[], $7::text[], $8::text[],
     $9::text[], $10::bool[]) as new ("experimentId", "subject")
   order by 1, 2
   on conflict ("workspaceId", "experimentId", "subject")
   do update set "variantId" = excluded."variantId", "exposedAt" = excluded."exposedAt", "phase" = excluded."phase",
     "day" = excluded."day", "device" = excluded."device", "country" = excluded."country", "channel" = excluded."channel",
     "crossed" = excluded."crossed"`,
)

const upsertValues = prepared(
  'experiments_upsert_values',
  `insert into "ExperimentSubjectValue" ("experimentId", "metricId", "subject", "value", "denominator", "before", "byDay")
   select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::jsonb[])
     as new ("experimentId", "metricId", "subject")
   order by 1, 3, 2
   on conflict ("workspaceId", "experimentId", "subject", "metricId")
   do update set "value" = excluded."value", "denominator" = excluded."denominator", "before" = excluded."before",
     "byDay" = excluded."byDay"`,
)

const totalKey = '"experimentId", "dimension", "metricId", "phase", "variantId", "value", "day"'

const addToTotals = prepared(
  'experiments_add_to_totals',
  `insert into "ExperimentTotal" as total (${totalKey}, ${sumNames.map((name) => `"${name}"`).join(', ')})
   select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::date[], $8::int[],
     $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[]) as new (${totalKey})
   order by 1, 2, 3, 4, 5, 6, 7
   on conflict ("workspaceId", ${totalKey})
   do update set ${sumNames.map((name) => `"${name}" = total."${name}" + excluded."${name}"`).join(', ')}`,
)

const addToRecorded = prepared(
  'experiments_add_to_recorded',
  `insert into "ExperimentRecorded" as total ("experimentId", "phase", "predictedId", "recordedId", "subjects")
   select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::int[]) as new ("experimentId", "phase", "predictedId", "recordedId")
   order by 1, 2, 3, 4
   on conflict ("workspaceId", "experimentId", "phase", "predictedId", "recordedId")
   do update set "subjects" = total."subjects" + excluded."subjects"`,
)

const addToHealth = prepared(
  'experiments_add_to_health',
  `insert into "ExperimentHealth" as total ("experimentId", "phase", "name", "day", "count")
   select * from unnest($1::uuid[], $2::int[], $3::text[], $4::date[], $5::int[]) as new ("experimentId", "phase", "name", "day")
   order by 1, 2, 3, 4
   on conflict ("workspaceId", "experimentId", "phase", "name", "day")
   do update set "count" = total."count" + excluded."count"`,
)
