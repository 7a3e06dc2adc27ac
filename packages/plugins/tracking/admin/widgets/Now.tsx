import {
  Failure,
  ShareList,
  Skeleton,
  Stat,
  target,
  useFormat,
  useMessages,
  useSubscription,
} from '@espalier/admin-kit'
import type { CSSProperties } from 'react'
import { NowDocument } from '../documents.ts'
import { messages } from '../messages.ts'
import { eventsPage, sessionsPage } from '../pages.ts'
import { now as words } from './messages.ts'
import '../traffic.css'

const rows = 5

/** Who is here, how much happens, and what they look at: as it happens. */
export default function Now() {
  const m = useMessages(words)
  const shared = useMessages(messages)
  const { number } = useFormat()
  const { data, error, connected } = useSubscription(NowDocument, {})
  if (!data) return error ? <Failure error={error} /> : <Skeleton height="17rem" />
  const { visitors, eventsPerSecond, conversions, paths } = data.liveMetrics
  return (
    <div className="traffic-now">
      <span className="traffic-live" data-off={!connected || undefined}>
        {connected ? shared.live : shared.notLive}
      </span>
      <div className="traffic-now-figures">
        <Stat label={m.visitors} value={number(visitors)} detail={m.fiveMinutes} to={target(sessionsPage)} />
        <Stat label={m.conversions} value={number(conversions)} detail={m.halfAnHour} to={target(sessionsPage)} />
        <Stat
          label={m.events}
          value={number(eventsPerSecond, eventsPerSecond < 10 ? 1 : 0)}
          detail={m.aSecond}
          to={target(eventsPage)}
        />
      </div>
      <div className="traffic-ranked" style={{ '--rows': rows } as CSSProperties}>
        {paths.length === 0 ? (
          <p className="e-muted">{m.nobody}</p>
        ) : (
          <ShareList
            label={m.paths}
            // By place: what changes is written anew, and nothing moves.
            rows={paths
              .slice(0, rows)
              .map(({ key, visitors }, place) => ({ id: String(place), label: key, value: visitors }))}
            formatValue={(value) => number(value)}
          />
        )}
      </div>
    </div>
  )
}
