import { type KeyboardEvent, type PointerEvent, useRef } from 'react'

/** The edge of a column's header: drawn with the pointer, or moved by the arrow keys, 10 pixels a press. */
export function ColumnWidth({
  label,
  width,
  onWiden,
}: {
  label: string
  /** Pixels. */
  width: number
  onWiden: (width: number) => void
}) {
  const start = useRef<{ x: number; width: number } | undefined>(undefined)
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const shown = event.currentTarget.parentElement?.getBoundingClientRect().width ?? width
    start.current = { x: event.clientX, width: shown }
    event.currentTarget.setPointerCapture(event.pointerId)
    event.preventDefault()
  }
  const onPointerMove = (event: PointerEvent) => {
    if (start.current) onWiden(start.current.width + event.clientX - start.current.x)
  }
  const onPointerUp = () => {
    start.current = undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 10 : event.key === 'ArrowLeft' ? -10 : 0
    if (by === 0) return
    event.preventDefault()
    onWiden(width + by)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line cannot be drawn along
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={60}
      aria-valuemax={900}
      tabIndex={0}
      className="e-list-width"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onKeyDown={onKeyDown}
    />
  )
}
