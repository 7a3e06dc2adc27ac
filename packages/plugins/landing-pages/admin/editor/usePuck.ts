import { type ComponentData, createUsePuck, type PuckApi } from '@puckeditor/core'
import { useMemo } from 'react'
import type { BlockData } from '../canvas/content.ts'
import type { BlockKind } from './kinds.ts'

/** Puck's state, by a selector. */
export const usePuckState: ReturnType<typeof createUsePuck> = createUsePuck()

/** The page itself, in Puck's words. */
export const rootZone = 'root:default-zone'

/** Where a block stands: a zone is "<id of the block>:<slot>", or {@link rootZone}. */
export interface BlockPlace {
  readonly zone: string
  readonly index: number
}

/** What can be done to blocks, by mouse and by keys alike. */
export interface BlockDeeds {
  readonly select: (place: BlockPlace | null) => void
  readonly selectById: (id: string) => void
  readonly insert: (kind: BlockKind, at: BlockPlace) => void
  readonly move: (from: BlockPlace, by: -1 | 1) => void
  readonly duplicate: (place: BlockPlace) => void
  readonly remove: (place: BlockPlace) => void
  readonly write: (place: BlockPlace, block: BlockData, props: Readonly<Record<string, unknown>>) => void
  readonly writePage: (props: Readonly<Record<string, unknown>>) => void
}

export function useBlockDeeds(): BlockDeeds {
  const dispatch = usePuckState(({ dispatch }) => dispatch)
  const getSelectorForId = usePuckState(({ getSelectorForId }) => getSelectorForId)
  return useMemo(() => deedsOf({ dispatch, getSelectorForId }), [dispatch, getSelectorForId])
}

function deedsOf({ dispatch, getSelectorForId }: Pick<PuckApi, 'dispatch' | 'getSelectorForId'>): BlockDeeds {
  const select = (itemSelector: BlockPlace | null) => dispatch({ type: 'setUi', ui: { itemSelector } })
  return {
    select,
    selectById: (id) => {
      const place = getSelectorForId(id)
      if (place) select(place)
    },
    insert: ({ type }, { zone, index }) => {
      const id = `${type.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`
      dispatch({ type: 'insert', componentType: type, destinationIndex: index, destinationZone: zone, id })
      select({ zone, index })
    },
    move: ({ zone, index }, by) => {
      dispatch({ type: 'reorder', sourceIndex: index, destinationIndex: index + by, destinationZone: zone })
      select({ zone, index: index + by })
    },
    duplicate: ({ zone, index }) => dispatch({ type: 'duplicate', sourceIndex: index, sourceZone: zone }),
    remove: ({ zone, index }) => {
      select(null)
      dispatch({ type: 'remove', index, zone })
    },
    write: ({ zone, index }, block, props) =>
      dispatch({
        type: 'replace',
        destinationIndex: index,
        destinationZone: zone,
        data: { ...block, props: { ...props, id: block.props.id } } as ComponentData,
      }),
    writePage: (props) => dispatch({ type: 'replaceRoot', root: { props: { ...props } } }),
  }
}
