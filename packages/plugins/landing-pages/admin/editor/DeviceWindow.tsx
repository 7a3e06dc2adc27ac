import { useMessages } from '@espalier/admin-kit'
import { Puck } from '@puckeditor/core'
import { useEffect, useRef, useState } from 'react'
import { messages } from '../messages.ts'

export const deviceWidths = { desktop: 1_280, tablet: 768, phone: 390 } as const
export type Device = keyof typeof deviceWidths
/** Which of its two forms the page is shown in. */
export type Scheme = 'light' | 'dark'

/** The canvas, as wide as a device and scaled to the room that there is. */
export function DeviceWindow({ device, scheme }: { device: Device; scheme: Scheme }) {
  const m = useMessages(messages)
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState({ width: 0, height: 0 })
  const width = device === 'desktop' ? Math.max(deviceWidths.desktop, room.width) : deviceWidths[device]
  const scale = room.width > 0 ? Math.min(1, room.width / width) : 1
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    const frame = box.current?.querySelector('iframe')
    if (!frame) return
    frame.title = m.canvas.title
    const paint = () => {
      // While the frame is being made it has no root yet.
      const root: HTMLElement | null | undefined = frame.contentDocument?.documentElement
      const style = root?.style
      style?.setProperty('color-scheme', scheme)
      // What can be pressed on the canvas stays as large as everything else.
      style?.setProperty('--ed-enlarged', String(1 / scale))
    }
    paint()
    frame.addEventListener('load', paint)
    return () => frame.removeEventListener('load', paint)
  }, [m.canvas.title, scheme, scale])
  return (
    <div ref={box} className="ed-device">
      <div
        className="ed-device-page"
        style={{
          width,
          height: room.height / scale,
          transform: `scale(${scale})`,
          marginInlineStart: Math.max(0, (room.width - width * scale) / 2),
        }}
      >
        <Puck.Preview />
      </div>
    </div>
  )
}
