import type { HourKey, HourMeasures, MinuteRow } from './changedRows.ts'
import { type DimensionValue, sessionValues } from './dimensions.ts'
import { madeOnce } from './madeOnce.ts'
import type { Session } from './sessions.ts'
import type { HashedVisitor } from './visitorCounts.ts'

/** A minute, with the beginning of the hour that it belongs to. */
export interface Minute {
  readonly minute: string
  readonly hour: string
}

/** The rows of all values that a session counts under. */
export interface SharedRows {
  readonly values: readonly DimensionValue[]
  readonly rows: readonly MinuteRow[]
  /** Who are in every row. */
  readonly visitors: Set<HashedVisitor>
}

/** What is counted on one page of a site in one minute. */
interface Place {
  readonly at: Minute & Pick<HourKey, 'siteId' | 'pageId'>
  readonly rows: Map<string, Map<string, MinuteRow>>
  readonly shared: Map<string, SharedRows>
}

/**
 * The rows that a batch changes, by minute, site, page, dimension and value: a map in a map, for a key of all five would be put
 * together and hashed anew for every event, which takes longer than to count it.
 */
export class MinuteRows {
  readonly #minutes = new Map<Minute, Map<string, Map<string, Place>>>()
  readonly #all: MinuteRow[] = []

  /** Every row, in the order in which they were first asked for. */
  get all(): readonly MinuteRow[] {
    return this.#all
  }

  /** @param time the same object for the same minute */
  row(siteId: string, pageId: string, value: DimensionValue, time: Minute): MinuteRow {
    return this.#rowAt(this.#place(siteId, pageId, time), value)
  }

  /**
   * The rows of a session's values, found at once: most sessions have theirs in common with others.
   *
   * @param texts the session's, as `sessionTexts` gives them
   */
  shared(siteId: string, pageId: string, session: Session, texts: string, time: Minute): SharedRows {
    const place = this.#place(siteId, pageId, time)
    let shared = place.shared.get(texts)
    if (!shared) {
      const values = sessionValues(session)
      shared = { values, rows: values.map((value) => this.#rowAt(place, value)), visitors: new Set() }
      place.shared.set(texts, shared)
    }
    return shared
  }

  #place(siteId: string, pageId: string, time: Minute): Place {
    const sites = madeOnce(this.#minutes, time, () => new Map<string, Map<string, Place>>())
    const pages = madeOnce(sites, siteId, () => new Map<string, Place>())
    return madeOnce(pages, pageId, () => ({ at: { siteId, pageId, ...time }, rows: new Map(), shared: new Map() }))
  }

  #rowAt({ at, rows }: Place, [dimension, value]: DimensionValue): MinuteRow {
    const ofDimension = madeOnce(rows, dimension, () => new Map<string, MinuteRow>())
    let row = ofDimension.get(value)
    if (!row) {
      row = { ...at, dimension, value, ...nothing, visitors: new Set() }
      ofDimension.set(value, row)
      this.#all.push(row)
    }
    return row
  }
}

const nothing: HourMeasures = {
  pageviews: 0,
  clicks: 0,
  conversions: 0,
  served: 0,
  sessions: 0,
  bounces: 0,
  engagedMs: 0,
  scrollSum: 0,
  scrollCount: 0,
}
