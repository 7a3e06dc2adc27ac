/** Where visits come from: GA4's default channel groups, simplified (see channel.ts). */
export const channels = [
  'direct',
  'organic-search',
  'paid-search',
  'social',
  'paid-social',
  'email',
  'referral',
  'display',
  'other',
] as const
export type Channel = (typeof channels)[number]

export const devices = ['desktop', 'mobile', 'tablet', 'tv', 'other'] as const
export type Device = (typeof devices)[number]

/** What a conversion is worth. */
export interface EventValue {
  /** In the smallest unit of the currency: cents, yen. An integer, never negative. */
  readonly amountMinor: number
  /** ISO 4217, upper case. */
  readonly currency: string
}

/** What a browser measured on a page. Each part may be missing. */
export interface EventMetrics {
  /** Time that the page was visible and focused since the last report, in milliseconds: reports add up. */
  readonly engagedMs?: number
  /** How far down the page was seen, 0 to 100 per cent of its height. */
  readonly scrollDepth?: number
  /** From the start of the navigation to the end of the load event, in milliseconds. */
  readonly loadMs?: number
  /** Largest Contentful Paint, in milliseconds. */
  readonly lcpMs?: number
  /** Interaction to Next Paint, in milliseconds. */
  readonly inpMs?: number
  /** Cumulative Layout Shift, without a unit. */
  readonly cls?: number
}

/** From where, and with what, a visitor came, as far as the server can tell. Null is unknown. */
export interface EventSource {
  /** Path of the page's address. */
  readonly path: string | null
  /** Host of the site that sent the visitor; null where it is the page's own, or none. */
  readonly referrerHost: string | null
  readonly channel: Channel | null
  readonly utmSource: string | null
  readonly utmMedium: string | null
  readonly utmCampaign: string | null
  readonly utmTerm: string | null
  readonly utmContent: string | null
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null
  readonly device: Device | null
  /** Family, without a version: "Firefox". */
  readonly browser: string | null
  /** Family, without a version: "Android". */
  readonly os: string | null
}

export const unknownSource: EventSource = {
  path: null,
  referrerHost: null,
  channel: null,
  utmSource: null,
  utmMedium: null,
  utmCampaign: null,
  utmTerm: null,
  utmContent: null,
  country: null,
  device: null,
  browser: null,
  os: null,
}

/** An event as the log takes it: checked, attributed, of a site that exists. Ids are lower-case UUIDs. */
export interface TrackedEvent extends EventSource {
  /** A UUIDv7 made where the event happened; the same event always comes with the same id. */
  readonly id: string
  readonly siteId: string
  readonly pageId: string | null
  readonly visitorId: string
  readonly sessionId: string | null
  /** `pageview`, `click`, `conversion`, `exposure`, or a name of the site's own. */
  readonly name: string
  /** The goal that a conversion reached. */
  readonly goal: string | null
  /** When it happened. */
  readonly at: Date
  readonly url: string | null
  readonly referrer: string | null
  /** Experiment id → variant id, as the server that rendered the page decided. */
  readonly experiments: Readonly<Record<string, string>> | null
  readonly properties: Readonly<Record<string, unknown>> | null
  readonly value: EventValue | null
  readonly metrics: EventMetrics | null
  /** Counts once in the visitor's life under this name, whatever its id: `exposure:<experiment id>`. */
  readonly once?: string
}

/** Names that only the server gives: a browser that sends one is refused. */
export const reservedNames: ReadonlySet<string> = new Set(['exposure'])

/** The longest an event may take to reach the collector. Older ones are refused. Milliseconds. */
export const maxAgeMs = 48 * 3600_000

/** How far ahead of the server's clock a sender's may run. Milliseconds. */
export const maxLeadMs = 10 * 60_000
