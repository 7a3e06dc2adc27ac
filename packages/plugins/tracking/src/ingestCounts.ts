/** What this process was sent since it started, for Prometheus. */
export class IngestCounts {
  /** Events that were counted. */
  accepted = 0
  /** Events that were counted before. */
  duplicates = 0
  /** Events that were refused, each with a reason. */
  refused = 0
  /** Requests of crawlers and scripts. */
  bots = 0
  /** Requests of people who ask not to be tracked. */
  optedOut = 0
}
