import { type ChosenRange, type Query, useQuery, useSubscription } from '@espalier/admin-kit'
import { useEffect } from 'react'
import { TotalsDocument, TotalsUpdatedDocument } from './documents.ts'
import type { TrafficTotalsQuery } from './graphql/graphql.ts'
import { type TimeSpan, useTimeSpan } from './timeSpan.ts'

/** How often the course of a span that is not over is read again. Its totals move with every visit. Milliseconds. */
const courseEvery = 15_000

/** The figures of a range and of what it is compared with; those of a range that is not over are live. */
export function useTotals(
  range: ChosenRange,
  siteId: string | null,
): { totals: Query<TrafficTotalsQuery>; span: TimeSpan; isLive: boolean } {
  const span = useTimeSpan(range)
  const { isOpen, ...variables } = span
  const totals = useQuery(TotalsDocument, { ...variables, siteId }, { keep: true })
  const live = useSubscription(TotalsUpdatedDocument, { from: span.from, siteId }, { pause: !isOpen })
  const { again } = totals
  useEffect(() => {
    if (!isOpen) return
    const timer = setInterval(() => {
      if (!document.hidden) again()
    }, courseEvery)
    return () => clearInterval(timer)
  }, [again, isOpen])
  const now = live.data?.metricsUpdated
  const data =
    totals.data && now && isOpen && !totals.kept
      ? { ...totals.data, metrics: { ...totals.data.metrics, ...now } }
      : totals.data
  return { totals: { ...totals, data }, span, isLive: isOpen && live.connected }
}
