import {
  Badge,
  Button,
  Contribution,
  type Counted,
  DecisionCount,
  DecisionsPending,
  Failure,
  Note,
  Section,
  Skeleton,
  useContributions,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { CircleCheck } from 'lucide-react'
import { type CSSProperties, useCallback, useEffect, useReducer, useState } from 'react'
import { messages } from './messages.ts'

/** As many are shown before somebody asks for all. */
const shownAtFirst = 5

/** What waits for a person, of all plugins. That nothing waits is said once everything was asked. */
export function Decisions() {
  const m = useMessages(messages)
  const { may } = useViewer()
  const contributions = useContributions().decisions.filter(({ permission }) => may(permission))
  const [counted, dispatch] = useReducer(recount, nothingCounted)
  const count = useCallback((what: Counted, id: string, there: boolean) => dispatch({ what, id, there }), [])
  // Effects of what is inside run before this one: by then everything that still asks has said so.
  const [ready, setReady] = useState(false)
  useEffect(() => setReady(true), [])
  const [all, setAll] = useState(false)
  const waiting = counted.decisions.size
  const settled = ready && counted.asking.size === 0
  const room = useRoomOfLastTime(settled ? Math.min(waiting, shownAtFirst) : undefined)
  return (
    <Section title={m.decisions} badge={waiting > 0 && <Badge tone="warning">{waiting}</Badge>}>
      <DecisionCount value={count}>
        <div className="dashboard-decisions" style={{ minHeight: `calc(${room} * var(--decision))` }}>
          <ul data-folded={!all || undefined} style={{ '--shown': shownAtFirst } as CSSProperties}>
            {contributions.map(({ id, load }) => (
              <Contribution
                key={id}
                load={load}
                props={{}}
                waiting={<DecisionsPending />}
                broken={(error, again) => (
                  <li>
                    <Failure error={error} again={again} />
                  </li>
                )}
              />
            ))}
          </ul>
          {!settled && waiting === 0 && <Skeleton lines={1} />}
          {settled && waiting === 0 && counted.unknown.size === 0 && (
            <p className="dashboard-nothing">
              <CircleCheck size={16} aria-hidden="true" />
              <strong>{m.nothingWaits}</strong> <span className="e-muted">{m.nothingWaitsHint}</span>
            </p>
          )}
          {counted.unknown.size > 0 && <Note tone="warning">{m.notAllAsked}</Note>}
        </div>
        {waiting > shownAtFirst && (
          <div>
            <Button variant="quiet" size="small" onPress={() => setAll(!all)} aria-expanded={all}>
              {all ? m.showFewer : m.showAll(waiting)}
            </Button>
          </div>
        )}
      </DecisionCount>
    </Section>
  )
}

type Counts = Readonly<Record<Counted, ReadonlySet<string>>>

const nothingCounted: Counts = { decisions: new Set(), asking: new Set(), unknown: new Set() }

function recount(counts: Counts, { what, id, there }: { what: Counted; id: string; there: boolean }): Counts {
  const ids = new Set(counts[what])
  if (there) ids.add(id)
  else ids.delete(id)
  return { ...counts, [what]: ids }
}

/**
 * Keeps as many lines free as there were at the last visit, so that what is below stays where it is while all plugins are
 * asked.
 *
 * @param lines how many there are; undefined while that is not known
 */
function useRoomOfLastTime(lines: number | undefined): number {
  const [before] = useState(() => Number(localStorage.getItem(remembered) ?? 1))
  useEffect(() => {
    if (lines !== undefined) localStorage.setItem(remembered, String(Math.max(1, lines)))
  }, [lines])
  return Math.max(1, lines ?? before)
}

const remembered = 'dashboard.decisions'
