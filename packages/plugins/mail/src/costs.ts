import { InvalidInputError, isTimeZone, type SqlContext, sql } from '@espalier/core'

/** What became of the messages that were written down on a day, and what those cost that were sent on it. */
export interface MailDay {
  /** "2026-11-21", of the time zone that was asked for. */
  readonly day: string
  /** Millionths of a US dollar. */
  readonly costMicros: number
  /** Left on that day. */
  readonly sent: number
  /** Of those, by where they stand now. */
  readonly delivered: number
  readonly opened: number
  readonly clicked: number
  readonly bounced: number
  readonly complained: number
  /** Became so on that day. */
  readonly failed: number
  readonly suppressed: number
}

/** What mail costs, and brings, by day. */
export class MailCosts {
  /** Messages by the hour in which they were sent, as hours are counted from `from` on, and how many of those came back. For whoever watches it. */
  byHour(context: SqlContext, from: Date, to: Date): Promise<{ at: Date; sent: number; bounced: number }[]> {
    return context.db.query(sql`
      select date_bin('1 hour', "sentAt", ${from}::timestamptz) as "at", count(*)::int as "sent", count("bouncedAt")::int as "bounced"
      from "MailMessage" where "sentAt" >= ${from} and "sentAt" < ${to} group by 1 order by 1`)
  }

  /**
   * Days on which nothing happened are left out.
   *
   * @param from inclusive
   * @param to exclusive
   * @param timeZone IANA; default UTC
   * @throws InvalidInputError for a time zone that does not exist
   */
  async byDay(context: SqlContext, from: Date, to: Date, timeZone = 'UTC'): Promise<MailDay[]> {
    if (!isTimeZone(timeZone)) {
      throw InvalidInputError.of('timeZone', 'UNKNOWN', {
        en: `"${timeZone}" is no time zone, such as "Europe/Paris".`,
        fr: `« ${timeZone} » n’est pas un fuseau horaire, tel que « Europe/Paris ».`,
      })
    }
    return context.db.query<MailDay>(sql`
      select to_char("date", 'YYYY-MM-DD') as "day", "costMicros", "sent", "delivered", "opened", "clicked", "bounced", "complained",
        "failed", "suppressed"
      from (
        select ("at" at time zone ${timeZone})::date as "date",
          coalesce(sum("costMicros") filter (where "kind" = 'sent'), 0)::float8 as "costMicros",
          count(*) filter (where "kind" = 'sent')::int as "sent",
          count("deliveredAt") filter (where "kind" = 'sent')::int as "delivered",
          count("openedAt") filter (where "kind" = 'sent')::int as "opened",
          count("clickedAt") filter (where "kind" = 'sent')::int as "clicked",
          count("bouncedAt") filter (where "kind" = 'sent')::int as "bounced",
          count("complainedAt") filter (where "kind" = 'sent')::int as "complained",
          count(*) filter (where "kind" = 'failed')::int as "failed",
          count(*) filter (where "kind" = 'suppressed')::int as "suppressed"
        from (
          select 'sent' as "kind", "sentAt" as "at", "costMicros", "deliveredAt", "openedAt", "clickedAt", "bouncedAt", "complainedAt"
          from "MailMessage" where "sentAt" >= ${from} and "sentAt" < ${to}
          union all
          select 'failed', "failedAt", 0, null, null, null, null, null
          from "MailMessage" where "state" = 'failed' and "failedAt" >= ${from} and "failedAt" < ${to}
          union all
          select 'suppressed', "suppressedAt", 0, null, null, null, null, null
          from "MailMessage" where "state" = 'suppressed' and "suppressedAt" >= ${from} and "suppressedAt" < ${to}
        ) happened
        group by 1
      ) days
      order by "date"`)
  }
}
