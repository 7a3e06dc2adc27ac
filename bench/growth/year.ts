import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import tracking from '@espalier/tracking'
import { keepPeriods } from '../../packages/plugins/tracking/src/keptPeriods.ts'
import { day, sixHours } from '../../packages/plugins/tracking/src/periods.ts'
import { weekMs, weekOfVisits } from '../visits.ts'
import { openWorkbench, type Workbench } from '../workbench.ts'
import { copyWeek } from './weeks.ts'

/** Weeks of the log: the measured week, which goes through the recorder, and copies of it in the weeks before. */
export const weeks = 50

/** Of the Unix epoch: 5 January 1970. */
const firstMonday = 4 * 24 * 3600_000

/** A year on one site in a log of some size, and what it is asked about. */
export interface Year {
  readonly events: number
  readonly workspaceId: string
  readonly siteId: string
  /** One of the visitors, and one of the events. */
  readonly visitor: string
  readonly id: string
  /** The end of the spans that are asked for, ISO 8601. */
  readonly to: string
  /** How long it took to make. */
  readonly made: string
}

const yearFile = 'year.json'

/** The year that a folder keeps. Undefined where there is none yet. */
export async function readYear(folder: string): Promise<Year | undefined> {
  const text = await readFile(join(folder, yearFile), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Makes a year in a folder, where another process finds it. */
export async function keepYear(folder: string, size: number): Promise<void> {
  await using bench = await openYear(folder)
  await writeFile(join(folder, yearFile), JSON.stringify(await growYear(bench, size)))
}

/** @param folder where the year is kept; undefined: it goes with this process */
export function openYear(folder?: string): Promise<Workbench> {
  return openWorkbench([tracking], { durable: false, poolSize: 4, kept: folder })
}

/** Fills a workspace with a year of so many events. */
export async function growYear({ kernel, owner, addWorkspace }: Workbench, size: number): Promise<Year> {
  const service = kernel.service(tracking)
  const { id: workspaceId, context } = await addWorkspace()
  const site = await service.sites.ensure(context, 'Shop')
  // A week from Monday on, as the log is parted: each copy is a partition.
  const monday = new Date(Math.floor((Date.now() - firstMonday) / weekMs) * weekMs + firstMonday)
  const from = new Date(monday.getTime() - weekMs)
  const began = performance.now()
  for (const batch of weekOfVisits(site.id, size / weeks, from)) await service.record(context, batch)
  const taken = performance.now()
  await keepPeriods(kernel.contexts.system('bench', kernel.log))
  const kept = performance.now()
  await copyWeek(owner, { workspaceId, from, copies: weeks - 1 })
  await unpackPeriods(owner)
  const copied = performance.now()
  await owner.query('vacuum analyze')
  const cleaned = performance.now()
  const { rows } = await owner.query<{ events: number; visitor: string; id: string }>(
    `select count(*)::int as events, min("visitorId"::text) as visitor, min("id"::text) as id from "TrackingEvent" where "workspaceId" = $1`,
    [workspaceId],
  )
  const { events, visitor, id } = rows[0] as { events: number; visitor: string; id: string }
  if (events !== size) throw new Error(`The log has ${events} events, not ${size}.`)
  await agree(owner, workspaceId)
  // As if it were the evening of its last day: two of the days that are asked for are not whole.
  const to = new Date(monday.getTime() - 5 * 3600_000).toISOString()
  return {
    ...{ events, workspaceId, siteId: site.id, visitor, id, to },
    made: `${seconds(began, taken)} to take the week in, ${seconds(taken, kept)} to put its days together, ${seconds(kept, copied)} to copy it, ${seconds(copied, cleaned)} to clean up`,
  }
}

/** Days and six hours that were copied, or made before they were kept so, as the product writes them: with their cells unpacked. */
async function unpackPeriods(owner: Workbench['owner']): Promise<void> {
  for (const { visitors } of [day, sixHours]) {
    const { rowCount } = await owner.query(
      `update "${visitors}" set "cells" = ("cells" | repeat('0', 49152)::bit(49152)) where pg_column_compression("cells") is not null`,
    )
    if (rowCount) await owner.query(`vacuum (full, analyze) "${visitors}"`)
  }
}

/** What a version before this one made, as this one keeps it. */
export async function bringUpToDate({ kernel, owner }: Workbench): Promise<void> {
  await unpackPeriods(owner)
  if (await keepPeriods(kernel.contexts.system('bench', kernel.log))) await owner.query('vacuum analyze')
}

function seconds(begin: number, end: number): string {
  return `${Math.round((end - begin) / 1000)} s`
}

/** @throws where rollups or sessions say something else than the log, in any week */
async function agree(owner: Workbench['owner'], workspaceId: string): Promise<void> {
  const { rows } = await owner.query(
    `with logged as (select date_trunc('week', "at", 'UTC') as week, count(*) as events, count(*) filter (where "name" = 'pageview') as pageviews
        from "TrackingEvent" where "workspaceId" = $1 group by 1),
      sessions as (select date_trunc('week', "startedAt", 'UTC') as week, sum("events") as events from "TrackingSession"
        where "workspaceId" = $1 group by 1),
      hours as (select date_trunc('week', "hour", 'UTC') as week, sum("pageviews") as pageviews from "TrackingHour"
        where "workspaceId" = $1 and "dimension" = '' and "pageId" = '00000000-0000-0000-0000-000000000000' group by 1)
    select week from logged full join sessions using (week) full join hours using (week)
    where logged.events is distinct from sessions.events or logged.pageviews is distinct from hours.pageviews`,
    [workspaceId],
  )
  if (rows.length > 0) throw new Error(`In ${rows.length} weeks sessions or rollups do not say what the log says.`)
}
