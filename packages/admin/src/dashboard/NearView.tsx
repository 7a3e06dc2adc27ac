import { type ReactNode, useEffect, useRef, useState } from 'react'

/** How far below the window something is shown already, in pixels: scrolling on, one finds it there. */
const ahead = 300

/** Shows what is inside once it comes near the view, and from then on. Its place is kept by what is around it. */
export function NearView({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    if (near || !place.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setNear(true)
      },
      { rootMargin: `${ahead}px` },
    )
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [near])
  return near ? children : <div ref={place} />
}
