import { announceChange, checkInput, defineTopic, InvalidInputError, type SqlContext, said, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { NewNotification } from '../notifier.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { Kinds } from './kinds.ts'

/** What somebody is told, or has read, changed. Under the person's id. */
export const notificationsChanged = defineTopic<null>({
  name: 'operations.notifications',
  coalesce: () => null,
  afterGap: () => null,
})

/** Tells the people of a workspace what has happened. */
export class Notifications {
  readonly #kinds: Kinds
  readonly #webhooks: Pick<Webhooks, 'tellNotification'>

  constructor(kinds: Kinds, webhooks: Pick<Webhooks, 'tellNotification'>) {
    this.#kinds = kinds
    this.#webhooks = webhooks
  }

  /**
   * Writes a notification down for every member who wants it, and for every webhook: together, or not at all. Mail and
   * webhooks leave after the commit.
   *
   * Titles of more than 200 characters and bodies of more than 2,000 are cut.
   *
   * @throws InvalidInputError for a kind that nobody added, a title that is empty, a key that is too long, a link that is no path
   * @returns its id, or null where one of the same key was there
   */
  async notify(context: SqlContext, given: NewNotification): Promise<string | null> {
    const notification = checkInput(newNotification, given as z.input<typeof newNotification>)
    const kind = this.#kinds.find(notification.kind)
    if (!kind) {
      const known = this.#kinds.all.map(({ name }) => name).join(', ')
      throw InvalidInputError.of('input.kind', 'UNKNOWN_KIND', {
        en: `There is no kind of notification "${notification.kind}". Add it with addKind, or use one of: ${known}.`,
        fr: `Il n’y a pas de type de notification « ${notification.kind} ». Existent : ${known}.`,
      })
    }
    return context.sqlTransaction(async (tx) => {
      const id = uuidv7()
      const now = tx.clock.now()
      const { key, severity, title, body, link, data } = notification
      const inserted = await tx.db.query(sql`
        insert into "Notification" ("id", "kind", "key", "severity", "titleEn", "titleFr", "bodyEn", "bodyFr", "link", "data", "createdAt")
        values (${id}, ${kind.name}, ${key}, ${severity}, ${title.en}, ${title.fr}, ${body.en}, ${body.fr}, ${link ?? null},
          ${JSON.stringify(data)}::jsonb, ${now})
        on conflict ("workspaceId", "key") do nothing returning "id"`)
      if (inserted.length === 0) return null
      const told = await tx.db.query<{ userId: string }>(sql`
        insert into "NotificationReceipt" ("notificationId", "userId", "inApp", "mail", "createdAt")
        select ${id}::uuid, member."userId", coalesce(wish."inApp", true),
          case coalesce(wish."mail", ${kind.mail}) when 'atOnce' then 'soon' when 'digest' then 'digest' else 'none' end,
          ${now}::timestamptz
        from "Member" member left join "NotificationPreference" wish
          on wish."workspaceId" = member."workspaceId" and wish."userId" = member."userId" and wish."kind" = ${kind.name}
        where member."workspaceId" = ${tx.workspaceId}
          and (coalesce(wish."inApp", true) or coalesce(wish."mail", ${kind.mail}) <> 'never')
        returning "userId"`)
      await this.#webhooks.tellNotification(tx, { ...notification, id })
      for (const { userId } of told) tx.announce(notificationsChanged, userId, null)
      announceChange(tx, 'Notification', id)
      return id
    })
  }

  /** @param ids of notifications; all that are unread where there are none given @returns how many were unread */
  async markRead(context: SqlContext, userId: string, ids: readonly string[] | null): Promise<number> {
    const read = await context.db.query(sql`
      update "NotificationReceipt" set "readAt" = ${context.clock.now()}
      where "userId" = ${userId} and "readAt" is null and "inApp" and (${ids}::uuid[] is null or "notificationId" = any(${ids}::uuid[]))
      returning 1`)
    if (read.length > 0) context.announce(notificationsChanged, userId, null)
    return read.length
  }

  async countUnread(context: SqlContext, userId: string): Promise<number> {
    const [row] = await context.db.query<{ count: number }>(sql`
      select count(*)::int as "count" from "NotificationReceipt" where "userId" = ${userId} and "readAt" is null and "inApp"`)
    return row?.count ?? 0
  }

  /** Erases what is older than so many days, with who was told, where it was posted, and the reports. @returns how many */
  async forget(context: SqlContext, days: number): Promise<number> {
    const before = new Date(context.clock.now().getTime() - days * 86_400_000)
    await context.db.query(sql`delete from "DailyReport" where "createdAt" < ${before}`)
    for (let gone = 0; ; ) {
      const batch = await context.db.query(sql`
        delete from "Notification" where "id" in (
          select "id" from "Notification" where "createdAt" < ${before} order by "createdAt" limit 1000) returning 1`)
      gone += batch.length
      if (batch.length < 1000) return gone
    }
  }
}

const both = (max: number) => {
  const text = z
    .string()
    .trim()
    .transform((value) => shortened(value, max))
  return z.object({ en: text, fr: text })
}

/** Names in a text are as long as people made them: what is too long ends in "…", between characters. */
function shortened(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

const newNotification = z.object({
  kind: z.string(),
  key: z
    .string()
    .refine(
      (key) => key.length >= 1 && key.length <= 300,
      said({ en: 'has not 1 to 300 characters', fr: 'n’a pas de 1 à 300 caractères' }),
    ),
  severity: z.enum(['info', 'success', 'warning', 'critical']),
  title: both(200).refine(
    ({ en, fr }) => en !== '' && fr !== '',
    said({ en: 'is empty in one of its languages', fr: 'est vide dans l’une de ses langues' }),
  ),
  body: both(2_000).default({ en: '', fr: '' }),
  link: z
    .string()
    .regex(
      /^\/(?![/\\])/,
      said({
        en: 'is no path of the admin, such as "/pages"',
        fr: 'n’est pas un chemin de l’application, tel que « /pages »',
      }),
    )
    .refine((link) => link.length <= 500, said({ en: 'is longer than 500 characters', fr: 'dépasse 500 caractères' }))
    .optional(),
  data: z.record(z.string(), z.unknown()).default({}),
})
