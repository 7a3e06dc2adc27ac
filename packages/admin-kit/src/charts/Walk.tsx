import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react'

/**
 * A drawing whose points are walked: by the pointer, or with the arrow keys, Home, End and Page up and down. To a screen reader
 * it is a slider that says the point; Escape lets go of it.
 *
 * @param count of the points
 * @param active the point that is read, or undefined
 * @param says what a screen reader says of a point
 * @param at the point at a distance from the left edge, in pixels
 */
export function Walk({
  label,
  count,
  active,
  onWalk,
  says,
  at,
  height,
  children,
}: {
  label: string
  count: number
  active: number | undefined
  onWalk: (index: number | undefined) => void
  says: (index: number) => string
  at: (x: number) => number | undefined
  height: number
  children: ReactNode
}) {
  const element = useRef<HTMLDivElement>(null)
  const last = count - 1
  const shown = active ?? last

  const byKey = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, active, last)
    if (to === undefined) return
    event.preventDefault()
    onWalk(to === 'none' ? undefined : to)
  }
  const byPointer = (event: PointerEvent) => {
    const left = element.current?.getBoundingClientRect().left ?? 0
    onWalk(at(event.clientX - left))
  }
  return (
    <div
      ref={element}
      className="e-chart-walk"
      style={{ height }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, shown)}
      aria-valuetext={count > 0 ? says(shown) : undefined}
      onKeyDown={byKey}
      onFocus={(event) => {
        if (active === undefined && event.currentTarget.matches(':focus-visible')) onWalk(last)
      }}
      onBlur={() => onWalk(undefined)}
      onPointerMove={byPointer}
      onPointerDown={byPointer}
      onPointerLeave={() => onWalk(undefined)}
    >
      {children}
    </div>
  )
}

/** Where a key goes. Undefined: it is not one of ours; 'none': nowhere, the reader lets go. */
export function keyTarget(key: string, active: number | undefined, last: number): number | 'none' | undefined {
  if (last < 0) return undefined
  const from = active ?? last + 1
  const far = Math.max(1, Math.round((last + 1) / 10))
  const steps: Record<string, number> = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: active === undefined ? 0 : from + 1,
    ArrowUp: active === undefined ? 0 : from + 1,
    PageDown: from - far,
    PageUp: from + far,
    Home: 0,
    End: last,
  }
  if (key === 'Escape') return active === undefined ? undefined : 'none'
  const to = steps[key]
  return to === undefined ? undefined : Math.min(last, Math.max(0, to))
}
