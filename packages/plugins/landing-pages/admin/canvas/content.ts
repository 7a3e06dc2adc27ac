/** A block as pages hold it: blocks within it are in its props, under the names of its slots. */
export interface BlockData {
  readonly type: string
  readonly props: { readonly id: string; readonly [name: string]: unknown }
}

/** The content of a variant, in the data shape of Puck. */
export interface PageContent {
  readonly content: readonly BlockData[]
  readonly root: { readonly props: Readonly<Record<string, unknown>> }
}

/** What the API calls JSON, as a content. What is no content is an empty one: the server refuses it with its reasons. */
export function contentOf(value: unknown): PageContent {
  const { content, root } = (value ?? {}) as Partial<PageContent>
  return {
    content: Array.isArray(content) ? content.filter(isBlock) : [],
    root: { props: root?.props ?? {} },
  }
}

/** Whether a prop is what a slot holds: blocks, one at least. */
export function isSlot(value: unknown): value is readonly BlockData[] {
  return Array.isArray(value) && value.length > 0 && value.every(isBlock)
}

function isBlock(value: unknown): value is BlockData {
  const { type, props } = (value ?? {}) as Partial<BlockData>
  return typeof type === 'string' && typeof props === 'object' && props !== null && typeof props.id === 'string'
}

/** The blocks within a block, by the name of their slot. */
export function slotsOf({ props }: BlockData): readonly (readonly [name: string, blocks: readonly BlockData[]])[] {
  return Object.entries(props).flatMap(([name, value]) => (isSlot(value) ? [[name, value] as const] : []))
}

/** A block by itself, as if nothing stood within it. */
export function withoutSlots({ type, props }: BlockData): BlockData {
  const own = Object.entries(props).filter(([, value]) => !isSlot(value) && !isEmptyList(value))
  return { type, props: { ...Object.fromEntries(own), id: props.id } }
}

/** An empty slot, which says nothing; an empty list of a block's own says as little. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** Every block, each before those within it. */
export function allBlocks(blocks: readonly BlockData[]): readonly BlockData[] {
  return blocks.flatMap((block) => [block, ...slotsOf(block).flatMap(([, within]) => allBlocks(within))])
}
