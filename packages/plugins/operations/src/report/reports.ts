import { InvalidInputError, type SqlContext, StartError, type SystemContext, sql } from '@espalier/core'
import type { Mailer } from '@espalier/mail'
import type { Tracking } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { takeWaiting, told, type Waiting } from '../notifications/mailedNotifications.ts'
import type { People, Person } from '../people.ts'
import { buildReport, dateOf, type ReportContent } from './content.ts'
import { dueDay, yesterday } from './localDay.ts'
import { reportTemplate } from './reportTemplate.ts'
import type { ReportSection } from './section.ts'
import { type Subscription, subscriptionOf, type WorkspaceDefaults } from './subscription.ts'

export interface ReportsOptions {
  readonly mailer: Mailer
  readonly people: People
  readonly publicUrl: string
  readonly tracking: Pick<Tracking, 'series'> | undefined
  readonly defaults: (context: SqlContext) => Promise<WorkspaceDefaults>
}

/** What a day brought, by mail: once a local day, for each person at their time and in their language. */
export class Reports {
  readonly #options: ReportsOptions
  readonly #sections: ReportSection[] = []

  constructor(options: ReportsOptions) {
    this.#options = options
    options.mailer.defineTemplate(reportTemplate)
  }

  /** Adds a part to the report, after those that are there. Call it in your plugin's `setup`. @throws StartError for one that is there */
  addSection(section: ReportSection): void {
    if (section.name === 'changed' || this.#sections.some(({ name }) => name === section.name))
      throw new StartError(
        'REPORT_SECTION_DUPLICATED',
        `Two sections of the report are named "${section.name}". Rename one.`,
      )
    this.#sections.push(section)
  }

  /** How somebody gets reports. @throws InvalidInputError for who is no member */
  async subscription(context: SqlContext, userId: string): Promise<Subscription> {
    return (await this.#reader(context, userId)).subscription
  }

  /** What the report of yesterday says to somebody. */
  async preview(context: SqlContext, userId: string): Promise<ReportContent> {
    const { person, subscription } = await this.#reader(context, userId)
    return this.#build(context, person, subscription)
  }

  /** Mails the report of yesterday to somebody at once, whether or not they got it before. @returns the message's id */
  async sendNow(context: SqlContext, userId: string): Promise<string> {
    const { person, subscription } = await this.#reader(context, userId)
    const content = await this.#build(context, person, subscription)
    return this.#mail(context, person, content, `report-now/${uuidv7()}`)
  }

  /** Everybody's whose time has come. @returns how many mails were written down */
  async sendDue(system: SystemContext): Promise<number> {
    let sent = 0
    for (const { workspaceId, userIds } of await membersByWorkspace(system)) {
      const context = system.workspace(workspaceId)
      for (const userId of userIds) {
        try {
          if (await this.#sendIfDue(context, userId)) sent++
        } catch (error) {
          context.log.warn({ err: error, userId }, 'a daily report could not be sent; trying again')
        }
      }
    }
    return sent
  }

  async #sendIfDue(context: SqlContext, userId: string): Promise<boolean> {
    const { person, subscription } = await this.#reader(context, userId)
    const today = dueDay(context.clock.now(), subscription.timeZone, subscription.at)
    if (today === null || (subscription.lastDay !== null && subscription.lastDay >= today)) return false
    // Reads much, so before the transaction.
    const content = subscription.daily ? await this.#build(context, person, subscription) : undefined
    return context.sqlTransaction(async (tx) => {
      // Two who send at once wait for each other here: a local day has one report.
      const [first] = await tx.db.query(sql`
        insert into "ReportSubscription" as kept ("userId", "lastDay") values (${userId}, ${today}::date)
        on conflict ("workspaceId", "userId") do update set "lastDay" = excluded."lastDay"
        where kept."lastDay" is null or kept."lastDay" < excluded."lastDay" returning 1`)
      if (!first) return false
      const waiting = await takeWaiting(tx, userId, 'digest')
      if (waiting.count === 0 && (!content || (content.empty && !subscription.chosen))) return false
      await this.#keepAndMail(
        tx,
        person,
        withDigest(content, waiting, person, subscription, tx, this.#options.publicUrl),
        today,
        subscription,
      )
      return true
    })
  }

  async #keepAndMail(
    tx: SqlContext,
    person: Person,
    content: ReportContent,
    today: string,
    { timeZone }: Subscription,
  ): Promise<void> {
    const id = uuidv7()
    let messageId: string | null = null
    try {
      messageId = await this.#mail(tx, person, content, `report/${person.id}/${today}`, id)
    } catch (error) {
      // An address that nobody can write to would come again every five minutes.
      if (!(error instanceof InvalidInputError)) throw error
      tx.log.warn({ err: error, userId: person.id }, 'a daily report cannot be mailed to this person')
    }
    await tx.db.query(sql`
      insert into "DailyReport" ("id", "userId", "day", "timeZone", "language", "content", "messageId", "createdAt")
      values (${id}, ${person.id}, ${content.day}::date, ${timeZone}, ${person.language}, ${JSON.stringify(content)}::jsonb,
        ${messageId}::uuid, ${tx.clock.now()})
      on conflict ("workspaceId", "userId", "day") do nothing`)
  }

  async #reader(context: SqlContext, userId: string): Promise<{ person: Person; subscription: Subscription }> {
    const person = await this.#options.people.find(context.workspaceId, userId)
    if (!person)
      throw InvalidInputError.of('userId', 'NO_MEMBER', {
        en: 'Only members of the workspace get its report.',
        fr: 'Seuls les membres de l’espace reçoivent son rapport.',
      })
    return { person, subscription: await subscriptionOf(context, person, await this.#options.defaults(context)) }
  }

  #build(context: SqlContext, person: Person, { timeZone }: Subscription): Promise<ReportContent> {
    const { tracking, publicUrl } = this.#options
    const day = yesterday(context.clock.now(), timeZone)
    return buildReport(context, tracking, this.#sections, day, person.language, publicUrl)
  }

  #mail(context: SqlContext, person: Person, content: ReportContent, key: string, reportId?: string): Promise<string> {
    const { mailer, publicUrl } = this.#options
    const decisions = content.sections.find(({ name }) => name === 'decision')?.items.length ?? 0
    return mailer.send(context, {
      to: { address: person.email, name: person.name },
      template: reportTemplate.name,
      language: person.language,
      data: {
        workspace: person.workspaceName,
        date: content.date,
        decisions,
        sections: content.sections,
        chart: content.chart,
        link: `${publicUrl}/admin/reports`,
      },
      idempotencyKey: key,
      ...(reportId && { about: { type: 'DailyReport', id: reportId } }),
    })
  }
}

const digestHeading = { en: 'Notifications', fr: 'Notifications' } as const
/** Notifications that a digest shows; of the others it tells how many. */
const shown = 50

/** The report with what waits for the digest; of who wants no report, that alone. */
function withDigest(
  content: ReportContent | undefined,
  { count, oldest }: Waiting,
  person: Person,
  { timeZone }: Subscription,
  { clock }: SqlContext,
  publicUrl: string,
): ReportContent {
  const { day } = yesterday(clock.now(), timeZone)
  const report = content ?? { day, date: dateOf(day, person.language), empty: true, sections: [], chart: [] }
  if (count === 0) return report
  // What the report says already under what won is not said twice.
  const said = new Set(report.sections.flatMap(({ items }) => items.map(({ text }) => text)))
  const items = oldest
    .map((notification) => told(notification, person, publicUrl))
    .filter(({ title }) => !said.has(title))
    .map(({ title, body, link }) => ({ text: body ? `${title}. ${body}` : title, link }))
  if (items.length === 0) return report
  const more = count - (oldest.length - items.length) - shown
  const rest = { text: person.language === 'fr' ? `Et ${more} de plus.` : `And ${more} more.`, link: '' }
  const section = {
    name: 'notifications',
    heading: digestHeading[person.language],
    items: more > 0 ? [...items.slice(0, shown), rest] : items,
  }
  return { ...report, empty: false, sections: [...report.sections, section] }
}

async function membersByWorkspace({ system }: SystemContext): Promise<{ workspaceId: string; userIds: string[] }[]> {
  // The system door: members of every workspace.
  return system.query(sql`
    select "workspaceId", array_agg("userId"::text order by "userId") as "userIds" from "Member" group by 1`)
}
