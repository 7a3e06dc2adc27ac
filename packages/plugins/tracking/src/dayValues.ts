import { prepared, type SqlContext } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import type { HourKey } from './changedRows.ts'
import { openDimensions, other, valuesPerDay } from './dimensions.ts'

/** A value of a dimension, on the day of its hour. */
type Placed = Omit<HourKey, 'pageId'>

/** Some 150 bytes each. */
const rememberedPlaces = 20_000

/** The values that a site keeps apart in a day: the first ones of a dimension to come. */
export class DayValues {
  /** Places that values have for good. */
  readonly #taken = new LRUCache<string, true>({ max: rememberedPlaces })

  /** Asks the database for everything again. */
  forget(): void {
    this.#taken.clear()
  }

  /**
   * Values that their day has no place for: those that are not among the first of their site, dimension and day.
   * What a day refuses it refuses to the end, so a count can be taken back from where it was made.
   *
   * @returns their places, see {@link placeOf}
   */
  async beyond(tx: SqlContext, rows: readonly Placed[]): Promise<ReadonlySet<string>> {
    const known = (place: string) => `${tx.workspaceId} ${place}`
    const asked = new Map<string, Placed>()
    for (const row of rows) {
      if (!openDimensions.has(row.dimension) || row.value === '' || row.value === other) continue
      const place = placeOf(row)
      if (!this.#taken.get(known(place))) asked.set(place, row)
    }
    if (asked.size === 0) return new Set()
    const beyond = await claim(tx, [...asked.values()])
    tx.afterCommit(() => {
      for (const place of asked.keys()) if (!beyond.has(place)) this.#taken.set(known(place), true)
    })
    return beyond
  }
}

async function claim(tx: SqlContext, list: readonly Placed[]): Promise<Set<string>> {
  const values = [
    list.map(({ siteId }) => siteId),
    list.map(({ dimension }) => dimension),
    list.map(({ hour }) => hour.slice(0, 10)),
    list.map(({ value }) => value),
  ]
  const unknown = await tx.db.query<{ index: number }>(selectUnknownValues(...values))
  if (unknown.length === 0) return new Set()
  const newcomers = unknown.map(({ index }) => index - 1)
  const taken = await tx.db.query<{ siteId: string; dimension: string; day: string; value: string }>(
    insertValues(...values.map((column) => newcomers.map((index) => column[index])), valuesPerDay),
  )
  const beyond = new Set(newcomers.map((index) => placeOf(list[index] as Placed)))
  for (const { siteId, dimension, day, value } of taken) beyond.delete(`${siteId} ${day} ${dimension} ${value}`)
  return beyond
}

export function placeOf({ siteId, dimension, value, hour }: Placed): string {
  return `${siteId} ${hour.slice(0, 10)} ${dimension} ${value}`
}

const selectUnknownValues = prepared(
  'tracking_select_unknown_values',
  `select "index"::int from unnest($1::uuid[], $2::text[], $3::date[], $4::text[]) with ordinality
     as asked ("siteId", "dimension", "day", "value", "index")
   where not exists (select from "TrackingDayValue" known where known."siteId" = asked."siteId"
     and known."dimension" = asked."dimension" and known."day" = asked."day" and known."value" = asked."value")`,
)

const insertValues = prepared(
  'tracking_insert_values',
  `insert into "TrackingDayValue" ("siteId", "dimension", "day", "value")
   select "siteId", "dimension", "day", "value" from (
     select asked.*, row_number() over (partition by "siteId", "dimension", "day" order by "value") as "place"
     from unnest($1::uuid[], $2::text[], $3::date[], $4::text[]) as asked ("siteId", "dimension", "day", "value")
   ) as asked
     left join lateral (select count(*) as "known" from "TrackingDayValue" known where known."siteId" = asked."siteId"
       and known."dimension" = asked."dimension" and known."day" = asked."day") as day on true
   where "place" + "known" <= $5::int
   on conflict do nothing
   returning "siteId", "dimension", to_char("day", 'YYYY-MM-DD') as "day", "value"`,
)
