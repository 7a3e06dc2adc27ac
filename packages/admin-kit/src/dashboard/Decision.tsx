import type { LucideIcon } from 'lucide-react'
import { createContext, type ReactNode, useContext, useEffect, useId } from 'react'
import type { Query } from '../client/useQuery.ts'
import { TimeAgo } from '../components/TimeAgo.tsx'
import { TargetLink } from '../routing/navigation.tsx'
import type { AnyTarget } from '../routing/router.ts'
import './dashboard.css'

/**
 * Something that waits for a person, as one line of the dashboard.
 *
 * @param title as a sentence that says what is to be decided; it leads to where that is done
 * @param detail why, or how much is at stake
 * @param urgent something is lost while it waits: it stands out, and before the others
 * @param since when it began to wait, ISO 8601
 * @param actions buttons for what can be decided right here
 */
export function Decision({
  icon: Icon,
  title,
  detail,
  to,
  urgent = false,
  since,
  actions,
}: {
  icon: LucideIcon
  title: ReactNode
  detail?: ReactNode
  to: AnyTarget
  urgent?: boolean
  since?: string
  actions?: ReactNode
}) {
  useCounted('decisions')
  return (
    <li className="e-decision" data-urgent={urgent || undefined}>
      <Icon size={16} aria-hidden="true" />
      <span className="e-decision-words">
        <TargetLink to={to} className="e-decision-title">
          {title}
        </TargetLink>
        {detail && <span className="e-decision-detail">{detail}</span>}
      </span>
      {since && (
        <span className="e-decision-since">
          <TimeAgo at={since} />
        </span>
      )}
      {actions && <span className="e-decision-actions">{actions}</span>}
    </li>
  )
}

/** What a query says about decisions: until it has, the dashboard does not claim that nothing waits. */
export function DecisionsOf<Result>({ of, children }: { of: Query<Result>; children: (data: Result) => ReactNode }) {
  if (of.data !== undefined) return children(of.data)
  return of.loading ? <DecisionsPending /> : <NotKnown />
}

/** Something is still on its way that may bring decisions. */
export function DecisionsPending() {
  useCounted('asking')
  return null
}

/** A plugin could not be asked: that nothing waits would not be true. */
function NotKnown() {
  useCounted('unknown')
  return null
}

/** What the dashboard counts of what its contributions show. */
export type Counted = 'decisions' | 'asking' | 'unknown'

const CountContext = createContext<(what: Counted, id: string, there: boolean) => void>(() => {})

/** Told when something of a kind comes and goes. Provided by the dashboard. */
export const DecisionCount = CountContext

function useCounted(what: Counted): void {
  const count = useContext(CountContext)
  const id = useId()
  useEffect(() => {
    count(what, id, true)
    return () => count(what, id, false)
  }, [count, what, id])
}
