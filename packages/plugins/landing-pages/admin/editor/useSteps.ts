import { useGetPuck } from '@puckeditor/core'
import { useCallback, useEffect, useRef } from 'react'
import { type BlockDeeds, usePuckState } from './usePuck.ts'

/** Puck puts a change into its history when nothing has changed for this long (0.23: 250). Milliseconds. */
const recordedAfterMs = 300

/**
 * Back and forth in what was done. What was selected stays selected, as long as it is there. A step right after a change
 * waits until the change is in the history: it would take back what was before it, and lose the change.
 */
export function useSteps(deeds: BlockDeeds): {
  readonly back: () => void
  readonly forward: () => void
  readonly hasPast: boolean
  readonly hasFuture: boolean
} {
  const { hasPast, hasFuture } = usePuckState((puck) => puck.history)
  const data = usePuckState((puck) => puck.appState.data)
  const getPuck = useGetPuck()
  const changedAt = useRef(0)
  const stepping = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the data changes, but by a step
  useEffect(() => {
    if (!stepping.current) changedAt.current = Date.now()
    stepping.current = false
  }, [data])
  const step = useCallback(
    (way: 'back' | 'forward') => {
      const go = () => {
        const { history, selectedItem } = getPuck()
        if (!(way === 'back' ? history.hasPast : history.hasFuture)) return
        stepping.current = true
        history[way]()
        const id = selectedItem?.props.id as string | undefined
        // A step brings back what was selected then.
        if (id !== undefined) requestAnimationFrame(() => deeds.selectById(id))
      }
      setTimeout(go, Math.max(0, changedAt.current + recordedAfterMs - Date.now()))
    },
    [deeds, getPuck],
  )
  return { back: () => step('back'), forward: () => step('forward'), hasPast, hasFuture }
}
