import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import './tone.css'

/** What something is about, in color. Words always say it too. */
export type Tone = 'neutral' | 'positive' | 'warning' | 'critical' | 'info'

/** A state or a kind in a word. */
export function Badge({
  tone = 'neutral',
  icon: Icon,
  children,
}: {
  tone?: Tone
  icon?: LucideIcon
  children: ReactNode
}) {
  return (
    <span className={`e-badge e-tone-${tone}`}>
      {Icon && <Icon size={12} aria-hidden="true" />}
      <span className="e-badge-words">{children}</span>
    </span>
  )
}
