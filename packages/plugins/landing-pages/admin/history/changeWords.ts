import type { Messages } from '@espalier/admin-kit'
import type { messages } from '../messages.ts'

/** One difference between two contents, as the API tells it. */
export interface Change {
  readonly kind: 'ADDED' | 'REMOVED' | 'CHANGED' | 'ORDER' | 'SETTINGS'
  readonly blockId?: string | null
  readonly blockType?: string | null
}

type Words = (typeof messages extends Messages<infer Shape> ? Shape : never)['changes']

/** Differences as a person would tell them: "Headline changed, Form added". */
export function changeWords(changes: readonly Change[], labelOf: (type: string) => string, words: Words): string[] {
  return changes.map(({ kind, blockType }) => {
    const label = blockType ? labelOf(blockType) : ''
    switch (kind) {
      case 'ADDED':
        return words.added(label)
      case 'REMOVED':
        return words.removed(label)
      case 'CHANGED':
        return words.changed(label)
      case 'ORDER':
        return words.order
      default:
        return words.settings
    }
  })
}
