import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Tone } from './Badge.tsx'
import './tone.css'

const icons = { positive: CircleCheck, warning: TriangleAlert, critical: CircleAlert, info: Info, neutral: Info }

/**
 * Something that has to be known here, and stays.
 *
 * @param announced it came after the page did: it is read out
 */
export function Note({
  tone = 'info',
  title,
  actions,
  announced = false,
  children,
}: {
  tone?: Tone
  title?: ReactNode
  actions?: ReactNode
  announced?: boolean
  children?: ReactNode
}) {
  const Icon = icons[tone]
  const role = announced ? (tone === 'critical' ? 'alert' : 'status') : undefined
  return (
    <div className={`e-note e-tone-${tone}`} role={role}>
      <Icon size={16} aria-hidden="true" />
      <div className="e-note-text">
        {title && <p className="e-note-title">{title}</p>}
        {children && <div>{children}</div>}
      </div>
      {actions && <div className="e-note-actions">{actions}</div>}
    </div>
  )
}
