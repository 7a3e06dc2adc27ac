import { useEffect } from 'react'

/** Keys pressed within this many milliseconds of each other belong together. */
const pause = 1_200

/**
 * Runs what belongs to keys that are pressed one after the other ("g d"), outside of fields and dialogs.
 *
 * @param shortcuts keys → what they do. Keys are those of `KeyboardEvent.key`, joined by spaces
 */
export function useShortcuts(shortcuts: ReadonlyMap<string, () => void>): void {
  useEffect(() => {
    let pressed: string[] = []
    let last = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return
      pressed = event.timeStamp - last > pause ? [event.key] : [...pressed, event.key]
      last = event.timeStamp
      const found = [pressed.slice(-2).join(' '), event.key].find((keys) => shortcuts.has(keys))
      if (found === undefined) return
      event.preventDefault()
      pressed = []
      shortcuts.get(found)?.()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [shortcuts])
}

/** Whether keys belong to something else there: a field, a grid that is walked through by letters, a dialog. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"], [role="menu"]',
    ) !== null
  )
}
