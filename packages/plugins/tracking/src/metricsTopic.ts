import { defineTopic, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'

/**
 * Something was counted under a key: the workspace as a whole, a site or a page. The message carries no
 * numbers: whoever watches reads them from the database, so that they agree with the log exactly.
 */
export const metricsChanged = defineTopic<null>({
  name: 'tracking.metrics',
  coalesce: () => null,
  afterGap: () => null,
})

/** The same for whoever watches what happens now, told also when time passes: visitors leave without a word. */
export const liveChanged = defineTopic<null>({
  name: 'tracking.live',
  coalesce: () => null,
  afterGap: () => null,
})

/** The key of the narrowest scope that is given. */
export function metricsKey(scope: { siteId?: string | null | undefined; pageId?: string | null | undefined }): string {
  if (scope.pageId) return `page:${scope.pageId}`
  if (scope.siteId) return `site:${scope.siteId}`
  return 'all'
}

/** Announces, after the commit, whose numbers the events changed. */
export function announceMetrics(tx: SqlContext, events: readonly TrackedEvent[]): void {
  const keys = new Set(['all'])
  for (const { siteId, pageId } of events) {
    keys.add(metricsKey({ siteId }))
    if (pageId) keys.add(metricsKey({ pageId }))
  }
  for (const key of keys) {
    tx.announce(metricsChanged, key, null)
    tx.announce(liveChanged, key, null)
  }
}
