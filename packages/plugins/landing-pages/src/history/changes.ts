import { isDeepStrictEqual } from 'node:util'
import { allBlocks, type BlockData, slotsOf, withoutSlots } from '../blockData.ts'
import type { PageContent } from '../content.ts'

/** One difference between two contents of a variant. */
export interface ContentChange {
  /** `settings`: title, description and the like of the page as a whole; `order`: blocks stand elsewhere. */
  readonly kind: 'added' | 'removed' | 'changed' | 'order' | 'settings'
  readonly blockId: string | null
  readonly blockType: string | null
}

/** What has changed from one content to another, block by block. */
export function changesBetween(before: PageContent | undefined, after: PageContent): ContentChange[] {
  if (!before) return []
  const was = byId(before)
  const is = byId(after)
  const changes: ContentChange[] = []
  const add = (kind: ContentChange['kind'], block?: BlockData) =>
    changes.push({ kind, blockId: block?.props.id ?? null, blockType: block?.type ?? null })
  if (!isDeepStrictEqual(before.root, after.root)) add('settings')
  for (const [id, block] of is) {
    const earlier = was.get(id)
    if (!earlier) add('added', block)
    else if (!isDeepStrictEqual(plain(withoutSlots(earlier)), plain(withoutSlots(block)))) add('changed', block)
  }
  for (const [id, block] of was) if (!is.has(id)) add('removed', block)
  if (!isDeepStrictEqual(places(before, is), places(after, was))) add('order')
  return changes
}

function byId(content: PageContent): Map<string, BlockData> {
  return new Map(allBlocks(content).map((block) => [block.props.id, block]))
}

/** Where the blocks stand that both contents have. */
function places(content: PageContent, others: ReadonlyMap<string, unknown>): Record<string, string[]> {
  const idsOf = (blocks: readonly BlockData[]) => blocks.map(({ props }) => props.id).filter((id) => others.has(id))
  const slots = allBlocks(content).flatMap((block) =>
    slotsOf(block).map(([name, blocks]) => [`${block.props.id}:${name}`, idsOf(blocks)] as const),
  )
  return { '': idsOf(content.content), ...Object.fromEntries(slots.filter(([, ids]) => ids.length > 0)) }
}

/** As JSON has it: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
