import { type PluginHost, type SqlContext, seededRandom } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { z } from 'zod'
import { type Destination, inventedVisit, inventedVisitor } from './inventedVisit.ts'

export const historyDays = 28
const dayMs = 24 * 3600_000

export const historyInput = z.object({
  pageId: z.uuid(),
  pageUrl: z.url(),
  shopId: z.uuid(),
  shopUrl: z.url(),
  experimentId: z.uuid(),
  siteName: z.string(),
  /** The end of the four weeks. */
  until: z.iso.datetime(),
})
export type HistoryInput = z.output<typeof historyInput>

/** Writes four weeks of invented visitors into a workspace, through the door that all events take. */
export class DemoHistory {
  readonly #tracking: Tracking
  readonly #experiments: Experiments
  readonly #log: PluginHost['log']

  constructor(parts: { tracking: Tracking; experiments: Experiments; log: PluginHost['log'] }) {
    this.#tracking = parts.tracking
    this.#experiments = parts.experiments
    this.#log = parts.log
  }

  /** Twice is once: the same input makes the same events, and the log takes each once. @returns how many are new */
  async write(context: SqlContext, input: HistoryInput, signal: AbortSignal): Promise<{ events: number }> {
    const until = new Date(input.until).getTime()
    const site = await this.#tracking.sites.ensure(context, input.siteName)
    let events = 0
    for (let day = historyDays; day > 0; day--) {
      signal.throwIfAborted()
      const from = until - day * dayMs
      const made = await this.#day(context, input, site.id, from)
      const outcomes = await this.#tracking.record(
        context,
        made.filter(({ at }) => (at?.getTime() ?? 0) < until),
      )
      events += outcomes.filter((outcome) => outcome === 'recorded').length
      this.#log.debug({ day: historyDays - day + 1, of: historyDays }, 'invented a day of the demo')
    }
    return { events }
  }

  async #day(context: SqlContext, input: HistoryInput, siteId: string, from: number) {
    const random = seededRandom(Math.floor(from / 60_000) % 2 ** 31)
    const weekday = new Date(from + dayMs / 2).getUTCDay()
    // Fewer at weekends, a few more each week, and no two days alike.
    const growth = 1 + (historyDays - (new Date(input.until).getTime() - from) / dayMs) / 60
    const visitors = Math.round((weekday === 0 || weekday === 6 ? 70 : 115) * growth * (0.85 + 0.3 * random.next()))
    const events = []
    for (let index = 0; index < visitors; index++) {
      const visitor = inventedVisitor(random)
      const at = new Date(from + Math.floor(dayMs * hourShare(random.next())))
      const to = random.next() < 0.72 ? await this.#welcome(context, input, siteId, visitor.id) : shop(input, siteId)
      events.push(...inventedVisit(visitor, at, to, random))
    }
    return events
  }

  async #welcome(context: SqlContext, input: HistoryInput, siteId: string, visitorId: string): Promise<Destination> {
    const assigned = await this.#experiments.assign(context, input.experimentId, visitorId)
    return {
      siteId,
      pageId: input.pageId,
      url: input.pageUrl,
      goal: 'signup',
      experiments: assigned?.running ? { [assigned.experimentId]: assigned.variantId } : null,
      rate: assigned?.variantKey === 'result' ? 0.118 : 0.08,
    }
  }
}

function shop({ shopId, shopUrl }: HistoryInput, siteId: string): Destination {
  return { siteId, pageId: shopId, url: shopUrl, goal: 'order', cents: 2_400, experiments: null, rate: 0.06 }
}

/** Where in the day, [0, 1): little at night, most around noon and in the evening. */
function hourShare(uniform: number): number {
  let left = uniform * hours.reduce((sum, weight) => sum + weight, 0)
  for (const [hour, weight] of hours.entries()) {
    if (left < weight) return (hour + left / weight) / 24
    left -= weight
  }
  return 0.5
}

const hours = [2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 12, 11, 11, 11, 10, 10, 11, 12, 13, 11, 8, 4]
