import type { Random } from '@espalier/core'
import { type EventSource, type ServerEvent, unknownSource } from '@espalier/tracking'
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'

/** What a visit is to, and what makes people do what its page is for. */
export interface Destination {
  readonly siteId: string
  readonly pageId: string
  readonly url: string
  /** What its button is for. */
  readonly goal: string
  /** What a conversion is worth, in cents of euros; nothing where it is worth nothing in money. */
  readonly cents?: number
  /** Experiment id → variant id that the visitor gets. */
  readonly experiments: Readonly<Record<string, string>> | null
  /** The chance that a visitor converts, [0, 1]. */
  readonly rate: number
}

/** Somebody invented. */
export interface InventedVisitor {
  readonly id: string
  readonly source: EventSource
}

export function inventedVisitor(random: Random): InventedVisitor {
  const machine = pick(random, machines)
  return {
    id: uuidv4({ random: bytes(random) }),
    source: { ...unknownSource, ...machine, ...pick(random, origins), country: pick(random, countries) },
  }
}

/** What one visit leaves in the log: events of the past, each marked as invented. The same chance makes the same events. */
export function inventedVisit(visitor: InventedVisitor, at: Date, to: Destination, random: Random): ServerEvent[] {
  const { siteId, pageId, url, goal, cents, experiments, rate } = to
  const sessionId = uuidv4({ random: bytes(random) })
  // Most leave soon, a few stay for minutes: an exponential with a mean of 25 seconds.
  const engagedMs = Math.round(-25_000 * Math.log(1 - random.next()))
  const clicked = random.next() < 0.35
  const converted = random.next() < rate
  const steps: { after: number; event: Partial<ServerEvent> & { name: string } }[] = [
    { after: 0, event: { name: 'pageview', metrics: vitals(random) } },
    ...(clicked ? [{ after: engagedMs * 0.4, event: { name: 'click', properties: { target: 'page' } } }] : []),
    ...(converted
      ? [
          {
            after: engagedMs * 0.8,
            event: {
              name: 'conversion',
              goal,
              ...(cents !== undefined && { value: { amountMinor: cents, currency: 'EUR' } }),
            },
          },
        ]
      : []),
    {
      after: engagedMs,
      event: { name: 'engagement', metrics: { engagedMs, scrollDepth: Math.round(30 + 70 * random.next()) } },
    },
  ]
  return steps.map(({ after, event }) => {
    const instant = new Date(at.getTime() + Math.round(after))
    return {
      ...visitor.source,
      path: new URL(url).pathname,
      ...event,
      id: uuidv7({ msecs: instant.getTime(), random: bytes(random) }),
      at: instant,
      siteId,
      pageId,
      visitorId: visitor.id,
      sessionId,
      url,
      experiments,
      properties: { ...event.properties, demo: true },
    }
  })
}

/** Times of a page that loads well, mostly. */
function vitals(random: Random) {
  const slow = random.next() < 0.1 ? 3 : 1
  return {
    loadMs: Math.round(slow * (350 + 600 * random.next())),
    lcpMs: Math.round(slow * (500 + 900 * random.next())),
    cls: Math.round(random.next() * 50) / 1_000,
  }
}

function bytes(random: Random): Uint8Array {
  return Uint8Array.from({ length: 16 }, () => Math.floor(random.next() * 256))
}

/** Any of the choices, by their weights. */
function pick<Choice>(random: Random, choices: readonly (readonly [weight: number, choice: Choice])[]): Choice {
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, choice] of choices) {
    left -= weight
    if (left < 0) return choice
  }
  return (choices[0] as (typeof choices)[number])[1]
}

type Machine = Pick<EventSource, 'device' | 'browser' | 'os'>
const machines: readonly (readonly [number, Machine])[] = [
  [34, { device: 'desktop', browser: 'Chrome', os: 'Windows' }],
  [8, { device: 'desktop', browser: 'Firefox', os: 'Linux' }],
  [10, { device: 'desktop', browser: 'Safari', os: 'macOS' }],
  [26, { device: 'mobile', browser: 'Safari', os: 'iOS' }],
  [19, { device: 'mobile', browser: 'Chrome', os: 'Android' }],
  [3, { device: 'tablet', browser: 'Safari', os: 'iOS' }],
]

type Origin = Pick<EventSource, 'channel' | 'referrerHost' | 'utmSource' | 'utmMedium' | 'utmCampaign'>
const noCampaign = { referrerHost: null, utmSource: null, utmMedium: null, utmCampaign: null }
const origins: readonly (readonly [number, Origin])[] = [
  [30, { ...noCampaign, channel: 'direct' }],
  [28, { ...noCampaign, channel: 'organic-search', referrerHost: 'www.google.com' }],
  [16, { ...noCampaign, channel: 'paid-search', utmSource: 'google', utmMedium: 'cpc', utmCampaign: 'autumn' }],
  [12, { ...noCampaign, channel: 'social', referrerHost: 'www.linkedin.com' }],
  [9, { ...noCampaign, channel: 'email', utmSource: 'newsletter', utmMedium: 'email', utmCampaign: 'october' }],
  [5, { ...noCampaign, channel: 'referral', referrerHost: 'news.ycombinator.com' }],
]

const countries: readonly (readonly [number, string])[] = [
  [38, 'FR'],
  [17, 'BE'],
  [14, 'DE'],
  [12, 'GB'],
  [10, 'US'],
  [5, 'CH'],
  [4, 'CA'],
]
