import { ask, mutate, useConnection, useSubscription } from '@espalier/admin-kit'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { contentOf, type PageContent } from '../canvas/content.ts'
import { DraftKeeper, type DraftState } from './DraftKeeper.ts'
import { PageSavedDocument, SaveVariant, VariantDocument } from './documents.ts'

/**
 * Keeps the draft of a variant while it is open: saved by itself, together with what others do to it, and in this browser while
 * it cannot be.
 *
 * @param show puts another content onto the canvas
 */
export function useDraft(
  pageId: string,
  variant: { readonly id: string; readonly version: number; readonly content: unknown },
  show: (content: PageContent) => void,
): { readonly keeper: DraftKeeper; readonly state: DraftState } {
  const { id } = variant
  const latestShow = useRef(show)
  latestShow.current = show
  const [keeper] = useState(
    () =>
      new DraftKeeper(
        { content: contentOf(variant.content), version: variant.version },
        {
          variantId: id,
          storage: localStorage,
          show: (content) => latestShow.current(content),
          save: async (content, expectedVersion) => {
            const { data, problem } = await mutate(SaveVariant, { id, content, expectedVersion })
            // Its parts alone: a problem says who saved last, and `saved` is what tells a success.
            if (problem) return { code: problem.code, message: problem.message, issues: problem.issues }
            return { saved: { content: contentOf(data?.content), version: data?.version ?? expectedVersion } }
          },
          load: async () => {
            const { node } = await ask(VariantDocument, { id })
            if (node?.__typename !== 'PageVariant') throw new Error('The variant is gone.')
            return { content: contentOf(node.content), version: node.version }
          },
        },
      ),
  )
  useEffect(() => {
    keeper.open()
    return () => keeper.close()
  }, [keeper])
  const state = useSyncExternalStore(keeper.subscribe, keeper.state)
  useSubscription(
    PageSavedDocument,
    { id: pageId },
    {
      onData: ({ pageChanged }) => {
        const saved = pageChanged.variants.find((one) => one.id === id)
        if (saved) void keeper.lookFor(saved.version)
      },
    },
  )
  const connection = useConnection()
  useEffect(() => {
    if (connection === 'online' && keeper.state().kind === 'offline') void keeper.flush()
  }, [connection, keeper])
  return { keeper, state }
}
