import type { ServerEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { seededRandom } from '../packages/core/src/random.ts'

export const weekMs = 7 * 24 * 3600_000

/** Steps of a visit on the average, and how far apart they are: half a minute, or what the size leaves between two events. */
const stepsOfVisit = 5
const stepMs = 30_000

/**
 * A week of visits in the order in which they happen, in batches of 2,000: who comes takes five steps on
 * the average, from one source and with one device; paths as they come, some convert.
 */
export function* weekOfVisits(siteId: string, size: number, from: Date): Generator<ServerEvent[]> {
  const random = seededRandom(7)
  const pick = <T>(list: readonly T[]) => list[Math.floor(random.next() * list.length)] as T
  const visitors = Array.from({ length: Math.max(10, size / 20) }, () => uuidv7())
  const channels = ['direct', 'organic-search', 'email', 'social', 'referral'] as const
  const begun = () => ({
    visitorId: pick(visitors),
    source: {
      channel: pick(channels),
      referrerHost: random.next() < 0.5 ? `site-${Math.floor(random.next() ** 2 * 30)}.example` : null,
      country: pick(['FR', 'DE', 'US', 'GB']),
      device: pick(['desktop', 'mobile', 'tablet'] as const),
      browser: pick(['Chrome', 'Firefox', 'Safari']),
      os: pick(['Windows', 'Android', 'iOS']),
    },
    campaign:
      random.next() < 0.3
        ? { utmSource: pick(['news', 'ads']), utmMedium: 'email', utmCampaign: pick(['spring', 'summer']) }
        : {},
  })
  const underWay = Array.from({ length: Math.max(1, Math.round((stepMs * size) / weekMs)) }, begun)
  let batch: ServerEvent[] = []
  for (let index = 0; index < size; index++) {
    const kind = random.next()
    const path = `/${Math.floor(random.next() ** 3 * 50)}`
    const place = Math.floor(random.next() * underWay.length)
    if (random.next() < 1 / stepsOfVisit) underWay[place] = begun()
    const { visitorId, source, campaign } = underWay[place] as ReturnType<typeof begun>
    const { referrerHost } = source
    batch.push({
      siteId,
      visitorId,
      ...source,
      ...campaign,
      at: new Date(from.getTime() + (index / size) * weekMs),
      name: kind < 0.6 ? 'pageview' : kind < 0.9 ? 'engagement' : kind < 0.97 ? 'click' : 'conversion',
      url: `https://shop.example${path}?ref=${Math.floor(random.next() * 1e6)}`,
      path,
      referrer: referrerHost && `https://${referrerHost}/`,
      ...(kind >= 0.6 &&
        kind < 0.9 && {
          metrics: {
            engagedMs: Math.round(random.next() * 20_000),
            scrollDepth: Math.round(random.next() * 100),
            loadMs: Math.round(200 + random.next() * 3_000),
            lcpMs: Math.round(300 + random.next() * 2_000),
          },
        }),
      ...(kind >= 0.97 && { goal: 'order', value: { amountMinor: 1000, currency: 'EUR' } }),
    })
    if (batch.length === 2000 || index === size - 1) {
      yield batch
      batch = []
    }
  }
}
