import { useEffect, useState } from 'react'
import type { LiveSource } from '../client/useLive.ts'
import { useSubscription } from '../client/useSubscription.ts'

/** How often a list looks what became of its rows while somebody has it before them, in milliseconds. */
const every = 15_000

/**
 * Grows whenever a list should look at its rows again: every 15 seconds while the tab is seen, and when its
 * subscription says that something happened, once in a second at most.
 */
export function useLooks(pause: boolean): [looks: number, look: () => void] {
  const [looks, setLooks] = useState(0)
  useEffect(() => {
    if (pause) return
    const timer = setInterval(() => {
      if (!document.hidden) setLooks((count) => count + 1)
    }, every)
    const seen = () => {
      if (!document.hidden) setLooks((count) => count + 1)
    }
    document.addEventListener('visibilitychange', seen)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [pause])
  const [look] = useState(() => inSecondSteps(() => setLooks((count) => count + 1)))
  return [looks, look]
}

/** Follows the subscription of a list. Draws nothing. */
export function LookWhenTold({ live, look }: { live: LiveSource; look: () => void }) {
  useSubscription<unknown, unknown>(
    live.document as Parameters<typeof useSubscription<unknown, unknown>>[0],
    live.variables ?? {},
    {
      onData: look,
    },
  )
  return null
}

function inSecondSteps(work: () => void): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      work()
    }, 1_000)
  }
}
