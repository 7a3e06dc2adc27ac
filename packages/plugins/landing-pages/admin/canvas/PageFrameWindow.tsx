import { type ReactNode, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { canvasStyles } from './canvasStyles.ts'

/**
 * A window of its own for a page: its styles and ours do not meet. It is drawn as wide as a device would and scaled to the
 * room that there is. What is in it stays in React: nothing is loaded.
 */
export function PageFrameWindow({
  title,
  language,
  styles,
  width,
  height,
  children,
}: {
  title: string
  language: string
  /** Of pages, from the server. */
  styles: string
  width: number
  height: number
  children: ReactNode
}) {
  const frame = useRef<HTMLIFrameElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<HTMLElement>()
  const [room, setRoom] = useState(width)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const ready = () => {
    const page = frame.current?.contentDocument
    if (!page) return
    page.documentElement.lang = language
    const style = page.createElement('style')
    style.textContent = `${styles}\n${canvasStyles}`
    page.head.append(style)
    setPlace(page.body)
  }
  const scale = room > 0 ? Math.min(1, room / width) : 1
  return (
    <div ref={box} className="ed-window" style={{ height }}>
      <iframe
        ref={frame}
        title={title}
        srcDoc="<!doctype html><html><head></head><body></body></html>"
        onLoad={ready}
        style={{ width, height: height / scale, transform: `scale(${scale})`, transformOrigin: '0 0' }}
      />
      {place && createPortal(children, place)}
    </div>
  )
}
