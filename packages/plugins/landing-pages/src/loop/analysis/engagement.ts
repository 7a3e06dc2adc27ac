import type { Tracking } from '@espalier/tracking'

type Totals = Awaited<ReturnType<Tracking['totals']>>

/** Visible and focused time at which a view counts as fully read. Seconds. */
const longEnough = 60

/**
 * How much visitors do with a page, from 0 to 100, from tracking's rollups: half of it is time (the mean visible and focused
 * time of a view, up to a minute), three tenths how far down it was seen (the mean share of its height), two tenths clicks (for
 * each view, up to one). A measure of our own: it compares variants of one page, and says nothing of conversions.
 *
 * @returns null without a view
 */
export function engagementScore(
  totals: Pick<Totals, 'pageviews' | 'engagedMs' | 'scrollSum' | 'scrollCount' | 'clicks'>,
): number | null {
  const { pageviews, engagedMs, scrollSum, scrollCount, clicks } = totals
  if (pageviews === 0) return null
  const time = Math.min(1, engagedMs / pageviews / 1_000 / longEnough)
  const depth = scrollCount > 0 ? Math.min(1, scrollSum / scrollCount / 100) : 0
  const action = Math.min(1, clicks / pageviews)
  return 100 * (0.5 * time + 0.3 * depth + 0.2 * action)
}
