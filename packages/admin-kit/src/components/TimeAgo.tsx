import { useSyncExternalStore } from 'react'
import { useFormat } from '../language/format.ts'

/** How long ago something was, kept up to date; the instant itself when one points at it. */
export function TimeAgo({ at }: { at: string | Date }) {
  const { relative, dateTime } = useFormat()
  const now = useNow()
  const instant = new Date(at)
  return (
    <time dateTime={instant.toISOString()} title={dateTime(instant)}>
      {relative(instant, now)}
    </time>
  )
}

/** The time, told again every half a minute: one clock for all that show it. */
function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now)
}

let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = new Date()
    timer = setInterval(() => {
      now = new Date()
      for (const each of listeners) each()
    }, 30_000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
