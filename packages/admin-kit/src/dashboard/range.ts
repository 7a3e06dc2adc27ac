import { useMemo } from 'react'
import * as v from 'valibot'
import {
  comparisons,
  type RangeChoice,
  type ResolvedRange,
  rangePresets,
  resolveRange,
} from '../components/dateRange.ts'
import { useFormat } from '../language/format.ts'

/** A span of days in the address of a page: `search: rangeSearch`, or `v.object({ ...rangeSearch.entries, … })`. */
export const rangeSearch = v.object({
  preset: v.fallback(v.optional(v.picklist(rangePresets)), undefined),
  from: v.fallback(v.optional(v.string()), undefined),
  to: v.fallback(v.optional(v.string()), undefined),
  compare: v.fallback(v.optional(v.picklist(comparisons)), undefined),
})

/** A span of days with what it is compared with, and as it stands in the address: to hand on to links. */
export type ChosenRange = ResolvedRange & { readonly choice: RangeChoice }

/** What a choice in the address means today, in the time zone of the browser. Stable while the choice and the day are. */
export function useRange({ preset, from, to, compare }: RangeChoice): ChosenRange {
  const { timeZone } = useFormat()
  const choice = useMemo(() => ({ preset, from, to, compare }), [preset, from, to, compare])
  const resolved = JSON.stringify(resolveRange(choice, timeZone))
  return useMemo(() => ({ ...JSON.parse(resolved), choice }), [resolved, choice])
}

/** The change of the address that puts another choice there: what a choice leaves out is taken away. */
export function rangeChange({ preset, from, to, compare }: RangeChoice): RangeChoice {
  return { preset, from, to, compare }
}
