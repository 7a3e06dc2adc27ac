/** What a key means to a grid whose rows take the focus. */
export type GridDeed =
  | { kind: 'move'; to: number; selects: boolean }
  | { kind: 'select'; range: boolean }
  | { kind: 'selectAll' }
  | { kind: 'open' }
  | { kind: 'clear' }
  | { kind: 'search' }

interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/** @returns undefined where the key is not the grid's business */
export function gridKey(
  { key, shiftKey, ctrlKey, metaKey, altKey }: Pressed,
  { index, last, perPage }: { index: number; last: number; perPage: number },
): GridDeed | undefined {
  if (altKey) return undefined
  if (ctrlKey || metaKey) return key.toLowerCase() === 'a' ? { kind: 'selectAll' } : undefined
  const move = (to: number): GridDeed => ({ kind: 'move', to: Math.min(Math.max(0, to), last), selects: shiftKey })
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return move(index + 1)
    case 'ArrowUp':
    case 'k':
      return move(index - 1)
    case 'PageDown':
      return move(index + perPage)
    case 'PageUp':
      return move(index - perPage)
    case 'Home':
      return move(0)
    case 'End':
      return move(last)
    case ' ':
    case 'x':
      return { kind: 'select', range: shiftKey }
    case 'Enter':
      return { kind: 'open' }
    case 'Escape':
      return { kind: 'clear' }
    case '/':
      return { kind: 'search' }
    default:
      return undefined
  }
}
