import { type RefObject, useLayoutEffect, useState } from 'react'

/** Pixels from the top of an element to the bottom of the window, when the page is scrolled to its top: what a list may fill. */
export function useRoom(element: RefObject<HTMLElement | null>): number {
  const [room, setRoom] = useState(480)
  useLayoutEffect(() => {
    const look = () => {
      const box = element.current?.getBoundingClientRect()
      if (box) setRoom(Math.round(Math.max(320, window.innerHeight - (box.top + window.scrollY) - 48)))
    }
    look()
    window.addEventListener('resize', look)
    // What stands above it came, or went.
    const above = new ResizeObserver(look)
    above.observe(document.body)
    return () => {
      window.removeEventListener('resize', look)
      above.disconnect()
    }
  }, [element])
  return room
}
