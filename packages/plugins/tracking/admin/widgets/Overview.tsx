import type { DashboardRange } from '@espalier/admin-kit'
import { Figures } from '../Figures.tsx'

/** Visitors and what they did, over the range of the dashboard. */
export default function Overview({ range }: { range: DashboardRange }) {
  return (
    <Figures
      range={range}
      metrics={['visitors', 'pageviews', 'conversions', 'bounceRate']}
      drawn="visitors"
      height={220}
    />
  )
}
