import { type SqlContext, type SqlPage, wordsOf } from '@espalier/core'
import type { Severity } from '../notifier.ts'

/** A row of "Notification". */
interface StoredNotification {
  readonly id: string
  readonly kind: string
  readonly severity: Severity
  readonly titleEn: string
  readonly titleFr: string
  readonly bodyEn: string
  readonly bodyFr: string
  readonly link: string | null
  readonly data: unknown
  readonly createdAt: Date
}

/** Which notifications a list shows; what is left out does not narrow it. */
export interface Shown {
  /** What the app shows this person. Undefined: all of the workspace. */
  readonly userId?: string | undefined
  /** Only what that person has not read. */
  readonly unread?: boolean | null | undefined
  readonly filter?: InboxFilter | null | undefined
}

export interface InboxFilter {
  /** Every word is in the title or the body. */
  search?: string | null
  kind?: { equals?: string | null; in?: string[] | null; contains?: string | null; startsWith?: string | null } | null
  severity?: Severity[] | null
  /** `until` itself does not belong to the range. */
  createdAt?: { from?: Date | null; until?: Date | null } | null
}

/**
 * A page of notifications, walked along the index of receipts that is in the order of the list: the same time for a person
 * who was told ten things and for one who was told a million.
 */
export async function readInbox(
  { db }: SqlContext,
  shown: Shown,
  page: (firstParameter: number) => SqlPage,
): Promise<StoredNotification[]> {
  return db.query<StoredNotification>(inboxPage(shown, page))
}

/** The query of {@link readInbox}. */
export function inboxPage(
  shown: Shown,
  page: (firstParameter: number) => SqlPage,
): { text: string; values: unknown[] } {
  const { from, values } = inbox(shown)
  const { where, orderAndLimit, values: more } = page(values.length + 1)
  return {
    text: `select notification.* from ${from} and ${where} ${orderAndLimit}`,
    values: [...values, ...more],
  }
}

export async function countInbox({ db }: SqlContext, shown: Shown): Promise<number> {
  const { from, values } = inbox(shown)
  const [row] = await db.query<{ count: number }>({ text: `select count(*)::int as "count" from ${from}`, values })
  return row?.count ?? 0
}

/** Where the list is sorted by, for cursors. */
export const inboxOrder = { createdAt: 'told."createdAt"', id: 'told."notificationId"' } as const

function inbox({ userId, unread, filter }: Shown): { from: string; values: unknown[] } {
  const { search, kind, severity, createdAt } = filter ?? {}
  const values: unknown[] = []
  const given = (condition: (parameter: string) => string, value: unknown) =>
    value == null ? [] : [condition(`$${values.push(value)}`)]
  const told =
    userId === undefined
      ? 'select "workspaceId", "id" as "notificationId", "createdAt" from "Notification"'
      : `select "workspaceId", "notificationId", "createdAt" from "NotificationReceipt"
          where "userId" = $${values.push(userId)} and "inApp" ${unread ? 'and "readAt" is null' : ''}`
  const conditions = [
    'true',
    ...given((from) => `told."createdAt" >= ${from}`, createdAt?.from),
    ...given((until) => `told."createdAt" < ${until}`, createdAt?.until),
    ...given((severities) => `notification."severity" = any(${severities})`, severity),
    ...given((name) => `notification."kind" = ${name}`, kind?.equals),
    ...given((names) => `notification."kind" = any(${names})`, kind?.in),
    ...given((part) => `strpos(lower(notification."kind"), lower(${part})) > 0`, kind?.contains),
    ...given((start) => `starts_with(lower(notification."kind"), lower(${start}))`, kind?.startsWith),
    ...wordsOf(search).flatMap((word) => given((part) => `strpos(lower(${said}), lower(${part})) > 0`, word)),
  ]
  return { from: `${joined(told)} where ${conditions.join(' and ')}`, values }
}

/** What a notification says, in both languages. */
const said =
  'concat_ws(chr(10), notification."titleEn", notification."titleFr", notification."bodyEn", notification."bodyFr")'

/** A left join: where nothing is asked of notifications, PostgreSQL counts without looking at them. */
function joined(told: string): string {
  return `(${told}) told left join "Notification" notification
    on notification."workspaceId" = told."workspaceId" and notification."id" = told."notificationId"`
}
