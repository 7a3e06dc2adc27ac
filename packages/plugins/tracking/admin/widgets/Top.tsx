import {
  Answer,
  type ChosenRange,
  Link,
  ShareList,
  Skeleton,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { NowDocument, SplitDocument } from '../documents.ts'
import { messages } from '../messages.ts'
import { trafficPage } from '../pages.ts'
import { useTimeSpan } from '../timeSpan.ts'
import { useValueName } from '../valueName.ts'
import type { Dimension } from '../words.ts'

const rows = 6

/** The values of a dimension with the most visitors, each with what it was before. */
export function Top({ range, by }: { range: ChosenRange; by: Dimension }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const nameOf = useValueName()
  const { from, to, comparedFrom, comparedTo, compares, isOpen } = useTimeSpan(range)
  const split = useQuery(
    SplitDocument,
    { from, to, comparedFrom, comparedTo, compares, by, first: rows },
    { keep: true, live: isOpen ? { document: NowDocument, again: true, every: 15_000 } : undefined },
  )
  return (
    <Answer of={split} skeleton={<Skeleton height="11.25rem" />}>
      {({ metrics, before }) => (
        <ShareList
          label={m.dimensions[by]}
          total={metrics.visitors}
          formatValue={(value) => number(value)}
          rows={metrics.split
            // Events without a visit have no visitor: nothing to compare.
            .filter(({ visitors }) => visitors > 0)
            .toSorted((one, other) => other.visitors - one.visitors)
            .map(({ value, visitors }) => ({
              id: value ?? '',
              label: (
                <Link to={trafficPage} search={{ ...range.choice, by }}>
                  {nameOf(by, value)}
                </Link>
              ),
              value: visitors,
              ...(before && { before: before.split.find((one) => one.value === value)?.visitors ?? 0 }),
            }))}
        />
      )}
    </Answer>
  )
}
