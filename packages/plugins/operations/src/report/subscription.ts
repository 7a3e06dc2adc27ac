import { checkInput, isTimeZone, type SqlContext, said, sql } from '@espalier/core'
import { z } from 'zod'
import type { Person } from '../people.ts'

/** How one person gets reports and digests. */
export interface Subscription {
  /** Whether the report comes every day; a digest comes without it, where something waits for it. */
  readonly daily: boolean
  /** Whether they said so themselves. Who has not is spared the reports of days on which nothing happened. */
  readonly chosen: boolean
  /** IANA. */
  readonly timeZone: string
  /** Local, "07:30". */
  readonly at: string
  /** Local date of the last one. */
  readonly lastDay: string | null
}

/** What holds for who has said nothing. */
export interface WorkspaceDefaults {
  readonly dailyReport: 'nobody' | 'admins' | 'everyone'
  readonly timeZone: string
  readonly reportAt: string
}

export type SubscriptionChange = z.input<typeof subscriptionChange>

export async function subscriptionOf(
  context: SqlContext,
  { id: userId, admin }: Pick<Person, 'id' | 'admin'>,
  { dailyReport, timeZone, reportAt }: WorkspaceDefaults,
): Promise<Subscription> {
  const [own] = await context.db.query<{ [Key in keyof Subscription]: Subscription[Key] | null }>(sql`
    select "daily", "timeZone", "at", "lastDay"::text from "ReportSubscription" where "userId" = ${userId}`)
  return {
    daily: own?.daily ?? (dailyReport === 'everyone' || (dailyReport === 'admins' && admin)),
    chosen: own !== undefined && own.daily !== null,
    timeZone: own?.timeZone ?? timeZone,
    at: own?.at ?? reportAt,
    lastDay: own?.lastDay ?? null,
  }
}

/** Changes how somebody gets reports; what is left out stays, null is as the workspace has it. @throws InvalidInputError */
export async function changeSubscription(
  context: SqlContext,
  userId: string,
  given: SubscriptionChange,
): Promise<void> {
  const { daily, timeZone, at } = checkInput(subscriptionChange, given)
  await context.db.query(sql`
    insert into "ReportSubscription" as kept ("userId", "daily", "timeZone", "at")
    values (${userId}, ${daily ?? null}, ${timeZone ?? null}, ${at ?? null})
    on conflict ("workspaceId", "userId") do update set
      "daily" = case when ${daily !== undefined}::boolean then excluded."daily" else kept."daily" end,
      "timeZone" = case when ${timeZone !== undefined}::boolean then excluded."timeZone" else kept."timeZone" end,
      "at" = case when ${at !== undefined}::boolean then excluded."at" else kept."at" end`)
}

const subscriptionChange = z.object({
  daily: z.boolean().nullish(),
  timeZone: z
    .string()
    .refine(
      isTimeZone,
      said({
        en: 'is not an IANA time zone, such as "Europe/Paris"',
        fr: 'n’est pas un fuseau horaire de l’IANA, tel que « Europe/Paris »',
      }),
    )
    .nullish(),
  at: z
    .string()
    .regex(
      /^([01]\d|2[0-3]):[0-5]\d$/,
      said({ en: 'is no time of day, such as "07:30"', fr: 'n’est pas une heure, telle que « 07:30 »' }),
    )
    .nullish(),
})
