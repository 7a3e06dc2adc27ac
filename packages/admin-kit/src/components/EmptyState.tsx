import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import './layout.css'

/** Nothing is here: what would be, what it is good for, and how to get the first one. */
export function EmptyState({
  icon: Icon,
  title,
  action,
  children,
}: {
  icon?: LucideIcon
  title: string
  action?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="e-empty">
      {Icon && <Icon size={28} strokeWidth={1.5} aria-hidden="true" />}
      <p className="e-empty-title">{title}</p>
      {children && <div className="e-empty-text">{children}</div>}
      {action && <div className="e-empty-action">{action}</div>}
    </div>
  )
}
