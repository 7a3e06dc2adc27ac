import { useMessages } from '@espalier/admin-kit'
import type { Ref } from 'react'
import { messages } from '../messages.ts'
import { useCanvas } from './CanvasContext.tsx'
import type { Shown } from './RenderedBlocks.ts'

/** Stands for a block that the server has never been able to show: it is new, of a kind that is gone, or lacks something. */
export function UnshownBlock({ type, shown, root }: { type: string; shown: Shown; root?: { ref?: Ref<HTMLElement> } }) {
  const m = useMessages(messages)
  const { labelOf } = useCanvas()
  const { ref } = root ?? {}
  return (
    <section ref={ref as Ref<HTMLElement>} className="ed-unshown">
      <strong>{labelOf(type)}</strong>
      {shown.issues.length === 0 ? (
        <span>{m.canvas.drawing}</span>
      ) : (
        <ul>
          {shown.issues.map(({ path, message }) => (
            <li key={`${path} ${message}`}>{path ? m.canvas.issue(path, message) : message}</li>
          ))}
        </ul>
      )}
    </section>
  )
}
