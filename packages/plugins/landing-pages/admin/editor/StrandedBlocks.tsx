import { useEffect, useSyncExternalStore } from 'react'
import { useCanvas } from '../canvas/CanvasContext.tsx'
import { allBlocks, type PageContent, slotsOf } from '../canvas/content.ts'
import { type BlockDeeds, usePuckState } from './usePuck.ts'

/**
 * A block may lose slots when its props change: columns from three to two. What stands in those goes into the last that is left, so
 * that nothing that somebody wrote is lost by a number.
 */
export function StrandedBlocks({ content, deeds }: { content: PageContent; deeds: BlockDeeds }) {
  const { rendered } = useCanvas()
  const placeOf = usePuckState(({ getSelectorForId }) => getSelectorForId)
  const answers = useSyncExternalStore(rendered.subscribe, rendered.answers)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server answers is read through `rendered`
  useEffect(() => {
    for (const block of allBlocks(content.content)) {
      const held = slotsOf(block)
      const there = rendered.slotsOf(block)
      const last = there?.at(-1)
      if (!there || last === undefined) continue
      const lost = held.filter(([name]) => !there.includes(name))
      const place = placeOf(block.props.id)
      if (lost.length === 0 || !place) continue
      const kept = held.find(([name]) => name === last)?.[1] ?? []
      const props: Record<string, unknown> = {
        ...block.props,
        [last]: [...kept, ...lost.flatMap(([, blocks]) => blocks)],
      }
      for (const [name] of lost) props[name] = []
      deeds.write(place, block, props)
      return
    }
  }, [content, answers])
  return null
}
