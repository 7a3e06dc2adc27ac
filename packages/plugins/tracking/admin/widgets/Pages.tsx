import type { DashboardRange } from '@espalier/admin-kit'
import { Top } from './Top.tsx'

export default function Pages({ range }: { range: DashboardRange }) {
  return <Top range={range} by="PATH" />
}
