import { useEffect, useRef } from 'react'
import type { useSteps } from './useSteps.ts'

/**
 * Undo and redo by the letter on the key: Puck looks at its place on the keyboard, which on a French one is another letter. Also
 * within the frame of the canvas.
 */
export function EditorKeys({ steps }: { steps: ReturnType<typeof useSteps> }) {
  const latest = useRef(steps)
  latest.current = steps
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return
      const key = event.key.toLowerCase()
      const back = key === 'z' && !event.shiftKey
      const forward = (key === 'z' && event.shiftKey) || key === 'y'
      if (!back && !forward) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (back) latest.current.back()
      if (forward) latest.current.forward()
    }
    const windows = [window, document.querySelector<HTMLIFrameElement>('#preview-frame')?.contentWindow]
    for (const one of windows) one?.addEventListener('keydown', keys, { capture: true })
    return () => {
      for (const one of windows) one?.removeEventListener('keydown', keys, { capture: true })
    }
  })
  return null
}
