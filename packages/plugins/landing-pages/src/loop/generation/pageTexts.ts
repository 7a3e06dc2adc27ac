import { allBlocks, withoutSlots } from '../../blockData.ts'
import type { PageContent } from '../../content.ts'

/** What a block says to visitors. */
export interface BlockText {
  /** `props.id`; null for title and description of the page. */
  readonly blockId: string | null
  /** All that it says, part after part: a claim that is spread over two parts is one, too. */
  readonly text: string
}

/** Names of props that hold addresses and names for machines, not words for visitors. */
const forMachines = new Set([
  'id',
  'anchor',
  'href',
  'goal',
  'click',
  'src',
  'imageId',
  'type',
  'autocomplete',
  'currency',
  'canonical',
])

/** Names of props that lead somewhere, or show something from there. */
const addresses = new Set(['href', 'src', 'imageId', 'canonical'])

/** What a page says, block by block, in reading order. */
export function textsOf(content: PageContent): BlockText[] {
  const head = leaves(content.root.props, (name) => !forMachines.has(name))
  const blocks = allBlocks(content).map((block) => ({
    blockId: block.props.id,
    text: leaves(withoutSlots(block).props, (name) => !forMachines.has(name)).join(' '),
  }))
  return [{ blockId: null, text: head.join(' ') }, ...blocks]
}

/** Where the links and images of a page lead, with the block that each stands in. */
export function addressesOf(content: PageContent): { readonly blockId: string | null; readonly address: string }[] {
  const within = (blockId: string | null, value: unknown) =>
    leaves(value, (name) => addresses.has(name)).map((address) => ({ blockId, address }))
  return [
    ...within(null, content.root.props),
    ...allBlocks(content).flatMap((block) => within(block.props.id, withoutSlots(block).props)),
  ]
}

/** The strings of a value whose names are wanted, in order; those of lists go by the name of the list. */
function leaves(value: unknown, isWanted: (name: string) => boolean, name = 'text'): string[] {
  if (typeof value === 'string') return isWanted(name) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, isWanted, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([own, inner]) => leaves(inner, isWanted, own))
}
