import type { MouseEvent, ReactNode } from 'react'
import { useGoToTarget, useHref } from '../routing/navigation.tsx'
import type { AnyTarget } from '../routing/router.ts'

/** The link of a row: outside of the order of Tab, since the row has its place in it; opens in a new tab as links do. */
export function RowLink({ to, children }: { to: AnyTarget; children: ReactNode }) {
  const href = useHref()
  const goTo = useGoToTarget()
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    goTo(to)
  }
  return (
    <a href={href(to)} tabIndex={-1} onClick={onClick}>
      {children}
    </a>
  )
}
