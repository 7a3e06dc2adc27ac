import { createContext, useContext, useSyncExternalStore } from 'react'
import type { BlockData } from './content.ts'
import type { RenderedBlocks, Shown } from './RenderedBlocks.ts'

/** What blocks on a canvas need to know of it. */
export interface CanvasFacts {
  readonly rendered: RenderedBlocks
  /** How a kind of block is called, by its type. */
  readonly labelOf: (type: string) => string
  /** Blocks that are outlined, by id: what has changed. */
  readonly marks?: ReadonlyMap<string, Mark> | undefined
}

export type Mark = 'added' | 'removed' | 'changed'

const CanvasContext = createContext<CanvasFacts | undefined>(undefined)

export const CanvasProvider = CanvasContext.Provider

export function useCanvas(): CanvasFacts {
  const facts = useContext(CanvasContext)
  if (!facts) throw new Error('A block is drawn outside of a canvas.')
  return facts
}

/** What the server makes of a block; once it comes, and again whenever its props change. */
export function useShown(block: BlockData): Shown {
  const { rendered } = useCanvas()
  return useSyncExternalStore(rendered.subscribe, () => rendered.show(block))
}
