import { Dialog, Row, SegmentedControl, useMessages } from '@espalier/admin-kit'
import { ExternalLink, Monitor, Smartphone } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { messages } from './messages.ts'
import type { Candidate } from './step.ts'
import './improvement.css'

/** How wide the windows are that pages are looked at in. Pixels. */
const widths = { desktop: 1_200, phone: 390 } as const
type Width = keyof typeof widths

/** A proposed version and the one that it comes from, as visitors would see them. */
export default function SideBySide({ candidate, onClose }: { candidate: Candidate; onClose: () => void }) {
  const m = useMessages(messages)
  const [width, setWidth] = useState<Width>('desktop')
  const { parent, variant, previewUrl, originPreviewUrl, rationale } = candidate
  return (
    <Dialog open onClose={onClose} title={m.compareTitle} size="large">
      <Row gap={3} spread>
        <p className="improvement-rationale">{rationale}</p>
        <SegmentedControl
          label={m.width}
          value={width}
          onChange={setWidth}
          options={[
            { id: 'desktop', label: m.desktop, icon: Monitor },
            { id: 'phone', label: m.phone, icon: Smartphone },
          ]}
        />
      </Row>
      <div className="improvement-sides">
        {parent && originPreviewUrl && <Side title={m.comparedWith(parent.key)} url={originPreviewUrl} width={width} />}
        {previewUrl && <Side title={variant?.key ?? m.proposed} url={previewUrl} width={width} />}
      </div>
    </Dialog>
  )
}

function Side({ title, url, width }: { title: string; url: string; width: Width }) {
  const m = useMessages(messages)
  const room = useRef<HTMLDivElement>(null)
  const scale = useScale(room, widths[width])
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>
        <a href={url} target="_blank" rel="noreferrer" aria-label={`${m.look}: ${title}`}>
          <ExternalLink size={14} aria-hidden="true" />
        </a>
      </figcaption>
      <div ref={room} className="improvement-window">
        {/* By its path: the admin may be open under another name of the installation. */}
        <iframe
          title={m.previewOf(title)}
          src={new URL(url).pathname}
          sandbox=""
          style={{ width: widths[width], height: `${100 / scale}%`, transform: `scale(${scale})` }}
        />
      </div>
    </figure>
  )
}

/** By what a window of this width is made smaller to fit into the room; never larger. */
function useScale(room: React.RefObject<HTMLDivElement | null>, width: number): number {
  const [available, setAvailable] = useState(width)
  useEffect(() => {
    if (!room.current) return
    const observer = new ResizeObserver(([entry]) => entry && setAvailable(entry.contentRect.width))
    observer.observe(room.current)
    return () => observer.disconnect()
  }, [room])
  return Math.min(1, Math.max(0.1, available / width))
}
