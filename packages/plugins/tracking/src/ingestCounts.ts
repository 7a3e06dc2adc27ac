import type { PluginCounter } from '@espalier/core'

/** What this process was sent since it started, for Prometheus. */
export class IngestCounts {
  /** Events that were counted. */
  accepted = 0
  /** Events that were counted before. */
  duplicates = 0
  /** Events that were refused, each with a reason. */
  refused = 0
  /** Requests of crawlers and scripts: their bodies are not read. */
  bots = 0
  /** Requests of people who ask not to be tracked. */
  optedOut = 0
}

export const ingestCounter: PluginCounter<{ counts: IngestCounts }> = {
  name: 'tracking_events',
  help: 'Events by what became of them; of bots and people who ask not to be tracked, requests.',
  label: 'outcome',
  read: ({ counts }) => ({
    accepted: counts.accepted,
    duplicate: counts.duplicates,
    refused: counts.refused,
    bot: counts.bots,
    opted_out: counts.optedOut,
  }),
}
