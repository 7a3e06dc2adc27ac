import { InvalidInputError, type SqlContext, type SystemContext, sql } from '@espalier/core'
import type { Mailer } from '@espalier/mail'
import type { People, Person } from '../people.ts'
import { notificationsTemplate } from './notificationsTemplate.ts'

/** How long what should be mailed at once waits for what comes with it. Milliseconds. */
const collectingMs = 2 * 60_000
/** Notifications that one mail shows; of the others it tells how many. */
const shown = 20

/** Sends what people want to be told at once: what comes within two minutes is one mail, so that a flood is one too. */
export class MailedNotifications {
  readonly #mailer: Mailer
  readonly #people: People
  readonly #publicUrl: string

  constructor(mailer: Mailer, people: People, publicUrl: string) {
    this.#mailer = mailer
    this.#people = people
    this.#publicUrl = publicUrl
    mailer.defineTemplate(notificationsTemplate)
  }

  /** Everybody's whose first notification has waited long enough. @returns how many mails were written down */
  async sendDue(system: SystemContext): Promise<number> {
    const before = new Date(system.clock.now().getTime() - collectingMs)
    // The system door: who is to be written to, in any workspace.
    const due = await system.system.query<{ workspaceId: string; userId: string }>(sql`
      select distinct "workspaceId", "userId" from "NotificationReceipt"
      where "mail" = 'soon' and "createdAt" <= ${before} limit 10000`)
    let sent = 0
    for (const { workspaceId, userId } of due) {
      const context = system.workspace(workspaceId)
      try {
        if (await this.#send(context, userId)) sent++
      } catch (error) {
        context.log.warn({ err: error, userId }, 'notifications could not be mailed; trying again')
      }
    }
    return sent
  }

  async #send(context: SqlContext, userId: string): Promise<boolean> {
    const person = await this.#people.find(context.workspaceId, userId)
    return context.sqlTransaction(async (tx) => {
      const waiting = await takeWaiting(tx, userId, 'soon')
      // Who is no member any more is told nothing, and nothing waits for them.
      if (!person || waiting.count === 0) return false
      await this.#write(tx, person, waiting)
      return true
    })
  }

  async #write(tx: SqlContext, person: Person, { count, oldest }: Waiting): Promise<void> {
    const first = oldest[0] as WaitingNotification
    const items = oldest.slice(0, shown).map((notification) => told(notification, person, this.#publicUrl))
    try {
      await this.#mailer.send(tx, {
        to: { address: person.email, name: person.name },
        template: notificationsTemplate.name,
        language: person.language,
        data: {
          count,
          more: count - items.length,
          workspace: person.workspaceName,
          items,
          link: `${this.#publicUrl}/admin/notifications`,
          preferencesLink: `${this.#publicUrl}/admin/notifications/preferences`,
        },
        idempotencyKey: `notifications/${person.id}/${first.id}`,
        about: { type: 'Notification', id: first.id },
      })
    } catch (error) {
      // An address that nobody can write to would come again every minute.
      if (!(error instanceof InvalidInputError)) throw error
      tx.log.warn({ err: error, userId: person.id }, 'notifications cannot be mailed to this person')
    }
  }
}

interface WaitingNotification {
  readonly id: string
  readonly severity: string
  readonly titleEn: string
  readonly titleFr: string
  readonly bodyEn: string
  readonly bodyFr: string
  readonly link: string | null
}

/** What waits for a mail. */
export interface Waiting {
  readonly count: number
  /** The first hundred of them: nobody reads more in a mail. */
  readonly oldest: readonly WaitingNotification[]
}

/** What waits for a mail of somebody; it waits no longer once the transaction commits. */
export async function takeWaiting(tx: SqlContext, userId: string, waiting: 'soon' | 'digest'): Promise<Waiting> {
  const rows = await tx.db.query<WaitingNotification & { count: number }>({
    // The word is part of the query, not a parameter: each has its own partial index.
    text: `with taken as (
        update "NotificationReceipt" set "mail" = 'mailed', "mailedAt" = $1
        where "userId" = $2 and "mail" = '${waiting}' returning "workspaceId", "notificationId")
      select "id", "severity", "titleEn", "titleFr", "bodyEn", "bodyFr", "link", (count(*) over ())::int as "count"
      from "Notification" notification
      join taken on taken."workspaceId" = notification."workspaceId" and "id" = "notificationId"
      order by "createdAt", "id" limit 100`,
    values: [tx.clock.now(), userId],
  })
  return { count: rows[0]?.count ?? 0, oldest: rows }
}

/** A notification as a mail shows it. */
export function told(
  { severity, titleEn, titleFr, bodyEn, bodyFr, link }: WaitingNotification,
  { language }: Pick<Person, 'language'>,
  publicUrl: string,
) {
  const french = language === 'fr'
  return {
    severity,
    title: french ? titleFr : titleEn,
    body: french ? bodyFr : bodyEn,
    link: link === null ? '' : `${publicUrl}/admin${link}`,
  }
}
