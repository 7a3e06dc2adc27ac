/** Whether something wants to be shown above the pages, as a store of React: until then, nothing of it is loaded. */
export const overlaysWanted = {
  current: () => wanted,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

let wanted = false
const listeners = new Set<() => void>()

/** From now on there is a place for toasts and questions. */
export function showOverlays(): void {
  if (wanted) return
  wanted = true
  for (const listener of listeners) listener()
}
