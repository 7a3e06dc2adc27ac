import type { ReactNode } from 'react'
import './charts.css'

/** Something that happened at a time. */
export interface TimelineItem {
  readonly id: string
  readonly title: ReactNode
  /** When: usually a `<TimeAgo>`. */
  readonly time?: ReactNode
  readonly icon?: ReactNode
  readonly tone?: 'neutral' | 'positive' | 'warning' | 'critical' | 'info'
  /** Whether it goes on at this moment. */
  readonly running?: boolean
  readonly children?: ReactNode
}

/** What happened one after the other, the order being the caller's: steps of a loop, decisions, deliveries. */
export function Timeline({ label, items }: { label: string; items: readonly TimelineItem[] }) {
  return (
    <ol className="e-timeline" aria-label={label}>
      {items.map(({ id, title, time, icon, tone = 'neutral', running, children }) => (
        <li key={id} data-tone={tone} data-running={running || undefined} aria-current={running ? 'step' : undefined}>
          <span className="e-timeline-mark" aria-hidden="true">
            {icon}
          </span>
          <div className="e-timeline-head">
            <div className="e-timeline-title">{title}</div>
            {time && <div className="e-timeline-time">{time}</div>}
          </div>
          {children && <div className="e-timeline-body">{children}</div>}
        </li>
      ))}
    </ol>
  )
}
