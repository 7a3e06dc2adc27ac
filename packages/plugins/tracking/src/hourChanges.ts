import { addRow, type HourRow, type MinuteRow, type RevenueRow, type TimingRow } from './changedRows.ts'
import {
  all,
  type DimensionValue,
  eventValues,
  goalValues,
  keyText,
  noId,
  none,
  sessionTexts,
  variantValues,
} from './dimensions.ts'
import type { TrackedEvent } from './event.ts'
import { bucketOf } from './histogram.ts'
import { madeOnce } from './madeOnce.ts'
import { type Minute, MinuteRows } from './minuteRows.ts'
import type { SessionChanges } from './sessionChanges.ts'
import { isBounce, type Session, type SessionEvent, type SessionStep, type ToldSession } from './sessions.ts'
import { hourOf, minuteMs, minuteOf } from './timeZone.ts'
import { type HashedVisitor, hashedVisitor } from './visitorCounts.ts'

/** By how much rows of the rollups change, gathered by the minute before any is written. */
export class HourChanges {
  readonly revenue = new Map<string, RevenueRow>()
  readonly timings = new Map<string, TimingRow>()
  readonly #timeZone: string
  readonly #rows = new MinuteRows()
  readonly #times = new Map<number, Minute>()
  readonly #visitors = new Map<string, HashedVisitor>()

  /** @param timeZone the workspace's: where hours begin */
  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  get minutes(): readonly MinuteRow[] {
    return this.#rows.all
  }

  /** The hours that the minutes make: an hour of any time zone is made of whole minutes. */
  get hours(): readonly HourRow[] {
    if (this.#times.size === 1) return this.minutes
    const hours = new Map<string, HourRow>()
    for (const { minute, ...row } of this.minutes) {
      const { siteId, pageId, dimension, value, hour } = row
      const key = `${siteId} ${pageId} ${hour} ${dimension} ${value}`
      const known = hours.get(key)
      if (known) addRow(known, row)
      else hours.set(key, { ...row, visitors: new Set(row.visitors) })
    }
    return [...hours.values()]
  }

  /** Takes back what sessions counted and counts what they count now. */
  addSessions({ before, after }: SessionChanges): void {
    for (const told of before) this.#addSession(told, -1)
    for (const told of after) this.#addSession(told, 1)
  }

  /** Counts pages that the server rendered. */
  addServed(
    siteId: string,
    pageId: string,
    experiments: Readonly<Record<string, string>>,
    at: Date,
    count: number,
  ): void {
    const time = this.#timeOf(at)
    for (const page of [noId, pageId])
      for (const value of [[all, none] as const, ...variantValues(experiments)])
        this.#rows.row(siteId, page, value, time).served += count
  }

  #addSession({ session, steps }: ToldSession, sign: 1 | -1): void {
    const texts = sessionTexts(session)
    this.#addTotals(session, texts, sign)
    // Nobody is taken out of a count: who moves to another value with their session stays in both.
    const views = sign === 1 && steps.some(({ event }) => event.name === 'pageview')
    const visitor = views ? this.#visitor(session.visitorId) : undefined
    for (const step of steps) this.#addStep(session, texts, step, sign, visitor)
  }

  /** The session itself counts when and where it began. */
  #addTotals(session: Session, texts: string, sign: 1 | -1): void {
    const { siteId, entryPageId, entryPath, exitPath, experiments } = session
    const time = this.#timeOf(session.startedAt)
    const bounce = isBounce(session) ? sign : 0
    const count = (row: MinuteRow) => {
      row.sessions += sign
      row.bounces += bounce
    }
    const variants = variantValues(experiments)
    for (const pageId of entryPageId ? [noId, entryPageId] : [noId]) {
      this.#rows.shared(siteId, pageId, session, texts, time).rows.forEach(count)
      for (const variant of variants) count(this.#rows.row(siteId, pageId, variant, time))
    }
    count(this.#rows.row(siteId, noId, ['entry', keyText(entryPath)], time))
    count(this.#rows.row(siteId, noId, ['exit', keyText(exitPath)], time))
  }

  /** @param viewer the visitor, where their views count */
  #addStep(session: Session, texts: string, step: SessionStep, sign: 1 | -1, viewer: HashedVisitor | undefined): void {
    const { siteId, name, at, metrics, value: worth, pageId: ownPageId } = step.event
    if (!(name === 'pageview' || name === 'click' || name === 'conversion' || metrics || step.scroll)) return
    const time = this.#timeOf(at)
    const own = eventValues(step.event)
    const visitor = name === 'pageview' ? viewer : undefined
    for (const pageId of ownPageId ? [noId, ownPageId] : [noId]) {
      const { values, rows, visitors } = this.#rows.shared(siteId, pageId, session, texts, time)
      for (const row of rows) addStepTo(row, step, sign)
      if (visitor !== undefined && !visitors.has(visitor)) {
        visitors.add(visitor)
        for (const row of rows) row.visitors.add(visitor)
      }
      for (const key of own) {
        const row = this.#rows.row(siteId, pageId, key, time)
        addStepTo(row, step, sign)
        if (visitor !== undefined) row.visitors.add(visitor)
      }
      if (name === 'conversion' && worth)
        for (const key of [...values, ...own]) {
          const revenue = this.#revenue(siteId, pageId, key, time.hour, worth.currency)
          revenue.amountMinor += sign * worth.amountMinor
          revenue.conversions += sign
        }
    }
  }

  /** Counts conversions by their goal, which is of events and not of their sessions. */
  addGoals(events: readonly Pick<TrackedEvent, 'name' | 'siteId' | 'pageId' | 'goal' | 'at'>[]): void {
    for (const { name, siteId, pageId: ownPageId, goal, at } of events)
      if (name === 'conversion')
        for (const pageId of ownPageId ? [noId, ownPageId] : [noId])
          for (const value of goalValues(goal)) this.#rows.row(siteId, pageId, value, this.#timeOf(at)).conversions++
  }

  /** Counts what browsers measured, which is of events and not of their sessions. */
  addTimings(events: readonly SessionEvent[]): void {
    for (const event of events)
      for (const pageId of event.pageId ? [noId, event.pageId] : [noId])
        for (const [metric, value] of timingsOf(event)) this.#addTiming(event, pageId, metric, bucketOf(value))
  }

  #visitor(visitorId: string): HashedVisitor {
    return madeOnce(this.#visitors, visitorId, () => hashedVisitor(visitorId))
  }

  #timeOf(at: Date): Minute {
    const number = Math.floor(at.getTime() / minuteMs)
    let time = this.#times.get(number)
    if (time === undefined) {
      time = { minute: minuteOf(at).toISOString(), hour: hourOf(at, this.#timeZone).toISOString() }
      this.#times.set(number, time)
    }
    return time
  }

  #revenue(
    siteId: string,
    pageId: string,
    [dimension, value]: DimensionValue,
    hour: string,
    currency: string,
  ): RevenueRow {
    const key = `${siteId} ${pageId} ${hour} ${currency} ${dimension} ${value}`
    let row = this.revenue.get(key)
    if (!row) {
      row = { siteId, pageId, dimension, value, hour, currency, amountMinor: 0, conversions: 0 }
      this.revenue.set(key, row)
    }
    return row
  }

  #addTiming({ siteId, at }: SessionEvent, pageId: string, metric: string, bucket: number): void {
    const { hour } = this.#timeOf(at)
    const key = `${siteId} ${pageId} ${hour} ${metric} ${bucket}`
    const row = this.timings.get(key)
    if (row) row.count++
    else this.timings.set(key, { siteId, pageId, metric, hour, bucket, count: 1 })
  }
}

function addStepTo(row: HourRow, { event: { name, metrics }, scroll }: SessionStep, sign: 1 | -1): void {
  if (name === 'pageview') row.pageviews += sign
  else if (name === 'click') row.clicks += sign
  else if (name === 'conversion') row.conversions += sign
  row.engagedMs += sign * Math.round(metrics?.engagedMs ?? 0)
  if (scroll) {
    row.scrollSum += sign * scroll.added
    row.scrollCount += sign * Number(scroll.first)
  }
}

/** Steps by which layout shift is put into buckets: it has no unit and is mostly below 1. */
export const clsSteps = 10_000

function timingsOf({ metrics }: SessionEvent): [string, number][] {
  if (!metrics) return []
  const { loadMs, lcpMs, inpMs, cls } = metrics
  const timings = [
    ['load', loadMs],
    ['lcp', lcpMs],
    ['inp', inpMs],
    ['cls', cls === undefined ? undefined : cls * clsSteps],
  ] as const
  return timings.filter((timing): timing is [(typeof timing)[0], number] => timing[1] !== undefined) as [
    string,
    number,
  ][]
}
