/** An event as the log takes it: checked, attributed, of a site that exists. Ids are lower-case UUIDs. */
export interface TrackedEvent {
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
  /** Counts once in the visitor's life under this name, whatever its id: `exposure:<experiment id>`. */
  readonly once?: string
}

/** Names that only the server gives: a browser that sends one is refused. */
export const reservedNames: ReadonlySet<string> = new Set(['exposure'])

/** The longest an event may take to reach the collector. Older ones are refused. Milliseconds. */
export const maxAgeMs = 48 * 3600_000

/** How far ahead of the server's clock a sender's may run. Milliseconds. */
export const maxLeadMs = 10 * 60_000
