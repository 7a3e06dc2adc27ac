import type { SqlDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'

/** Numbers of calls: `cost` and `durationMs` are sums over those that succeeded. */
export interface Calls {
  readonly calls: number
  readonly errors: number
  readonly cost: number
  readonly durationMs: number
}

export interface UsageDay extends Calls {
  /** Of UTC, "2026-11-22". */
  readonly day: string
}

export interface UsedOperation extends Calls {
  readonly schema: string
  /** Empty where it was refused before it was looked at. */
  readonly documentHash: string
  readonly name: string
  readonly lastAt: Date
}

export interface ErrorCount {
  readonly code: string
  readonly times: number
  readonly lastAt: Date
}

/** What a key asked for in the days up to now. Read when it is asked for, each part by itself. */
export class ApiKeyUsage {
  readonly #db: SqlDb
  readonly #apiKeyId: string
  readonly #now: Date
  readonly #days: number

  /** @param days how many, today (UTC) among them */
  constructor(db: SqlDb, apiKeyId: string, now: Date, days: number) {
    this.#db = db
    this.#apiKeyId = apiKeyId
    this.#now = now
    this.#days = days
  }

  /** Every day, the oldest first; those without a call too. */
  async byDay(): Promise<UsageDay[]> {
    const rows = await this.#db.query<UsageDay>(sql`
      select to_char("day", 'YYYY-MM-DD') as "day", sum("calls")::float8 as "calls", sum("errors")::float8 as "errors",
        sum("cost") as "cost", sum("durationMs") as "durationMs"
      from "ApiUsage" where "apiKeyId" = ${this.#apiKeyId} and "day" >= ${this.#day(0)}::date group by "ApiUsage"."day"`)
    const byDay = new Map(rows.map((row) => [row.day, row]))
    return Array.from({ length: this.#days }, (_, place) => {
      const day = this.#day(place)
      return byDay.get(day) ?? { day, calls: 0, errors: 0, cost: 0, durationMs: 0 }
    })
  }

  /** Those that cost most in all come first; then those that were called most. */
  operations(most: number): Promise<UsedOperation[]> {
    return this.#db.query<UsedOperation>(sql`
      select "schema", "documentHash", "name", sum("calls")::float8 as "calls", sum("errors")::float8 as "errors",
        sum("cost") as "cost", sum("durationMs") as "durationMs", max("lastAt") as "lastAt"
      from "ApiUsage" where "apiKeyId" = ${this.#apiKeyId} and "day" >= ${this.#day(0)}::date
      group by "schema", "documentHash", "name" order by sum("cost") desc, sum("calls") desc, "documentHash" limit ${most}`)
  }

  /** As far back as single operations are kept. */
  errors(most: number): Promise<ErrorCount[]> {
    return this.#db.query<ErrorCount>(sql`
      select "outcome" as "code", sum("times")::float8 as "times", max("at") as "lastAt"
      from "ApiOperation" where "apiKeyId" = ${this.#apiKeyId} and "outcome" <> 'OK' and "at" >= ${this.#day(0)}::date
      group by "outcome" order by 2 desc, 1 limit ${most}`)
  }

  #day(place: number): string {
    const ago = this.#days - 1 - place
    return new Date(this.#now.getTime() - ago * 24 * 3600_000).toISOString().slice(0, 10)
  }
}

export interface DeprecatedUse {
  readonly apiKeyId: string
  readonly apiKeyName: string | null
  readonly schema: string
  readonly coordinate: string
  readonly uses: number
  readonly firstAt: Date
  readonly lastAt: Date
  readonly operationName: string | null
  readonly documentHash: string
}

/** What keys still ask for that is deprecated, the most recent first. @param apiKeyId undefined: of every key */
export function deprecatedUses(db: SqlDb, apiKeyId: string | undefined): Promise<DeprecatedUse[]> {
  return db.query<DeprecatedUse>(sql`
    select d."apiKeyId", k."name" as "apiKeyName", d."schema", d."coordinate", d."uses", d."firstAt", d."lastAt", d."operationName",
      d."documentHash"
    from "DeprecatedUse" d left join "ApiKey" k on k."workspaceId" = d."workspaceId" and k."id" = d."apiKeyId"
    where (${apiKeyId ?? null}::uuid is null or d."apiKeyId" = ${apiKeyId ?? null}::uuid)
    order by d."lastAt" desc, d."coordinate" limit 1000`)
}
