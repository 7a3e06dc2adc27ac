import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'

interface View {
  /** Where the world's origin lies in the frame, in pixels. */
  readonly x: number
  readonly y: number
  readonly scale: number
}

const least = 0.25
const most = 2

/** Moving and enlarging what is larger than its frame. A new world is fitted into it. */
export function usePanZoom(
  frame: RefObject<HTMLElement | null>,
  world: { readonly width: number; readonly height: number } | undefined,
) {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 })
  const drag = useRef<{ id: number; x: number; y: number } | undefined>(undefined)

  const fit = useCallback(() => {
    const room = frame.current
    if (room && world) setView(fitted({ width: room.clientWidth, height: room.clientHeight }, world))
  }, [frame, world])
  useEffect(fit, [fit])

  const zoomAt = useCallback((factor: number, at: { x: number; y: number }) => {
    setView(({ x, y, scale }) => {
      const next = Math.min(most, Math.max(least, scale * factor))
      return { x: at.x - ((at.x - x) * next) / scale, y: at.y - ((at.y - y) * next) / scale, scale: next }
    })
  }, [])
  const zoom = (factor: number) => {
    const room = frame.current
    if (room) zoomAt(factor, { x: room.clientWidth / 2, y: room.clientHeight / 2 })
  }

  // A wheel listener of React cannot keep the page from zooming: it is passive.
  useEffect(() => {
    const room = frame.current
    if (!room) return
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { left, top } = room.getBoundingClientRect()
      zoomAt(event.deltaY < 0 ? 1.1 : 1 / 1.1, { x: event.clientX - left, y: event.clientY - top })
    }
    room.addEventListener('wheel', wheel, { passive: false })
    return () => room.removeEventListener('wheel', wheel)
  }, [frame, zoomAt])

  /** Moves what has the focus into sight. */
  const reveal = (box: { x: number; y: number; width: number; height: number }) => {
    const room = frame.current
    if (!room) return
    // The browser scrolled the frame to what it focused; here the world moves, not the frame.
    room.scrollTo(0, 0)
    setView((now) => revealed(now, box, { width: room.clientWidth, height: room.clientHeight }))
  }

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.target instanceof Element && event.target.closest('button')) return
      drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = drag.current
      if (from?.id !== event.pointerId) return
      drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY }
      setView(({ x, y, scale }) => ({ x: x + event.clientX - from.x, y: y + event.clientY - from.y, scale }))
    },
    onPointerUp: () => {
      drag.current = undefined
    },
    onPointerCancel: () => {
      drag.current = undefined
    },
  }
  return { view, zoom, fit, reveal, handlers }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The whole world in the middle of the frame, never enlarged, and never so small that nobody can read it. */
export function fitted(room: Size, world: Size): View {
  if (world.width === 0 || world.height === 0) return { x: 0, y: 0, scale: 1 }
  const scale = Math.max(0.5, Math.min(1, room.width / world.width, room.height / world.height))
  return {
    x: Math.max(0, (room.width - world.width * scale) / 2),
    y: Math.max(0, (room.height - world.height * scale) / 2),
    scale,
  }
}

/** The view moved by as little as it takes for a box to lie inside of the frame, with some room around it. */
export function revealed(view: View, box: Size & { x: number; y: number }, room: Size): View {
  const margin = 12
  const moved = (origin: number, at: number, length: number, space: number) => {
    const start = origin + at * view.scale
    const end = start + length * view.scale
    if (start < margin) return origin + margin - start
    return end > space - margin ? origin - (end - space + margin) : origin
  }
  return {
    scale: view.scale,
    x: moved(view.x, box.x, box.width, room.width),
    y: moved(view.y, box.y, box.height, room.height),
  }
}
