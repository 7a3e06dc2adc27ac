/** Blocks within blocks within blocks. */
export const maxDepth = 3

/** A block as pages hold it. Blocks within it are in its props, under the names of its slots, as in Puck since 0.19. */
export interface BlockData {
  readonly type: string
  readonly props: { readonly id: string } & Readonly<Record<string, unknown>>
}

/** Whether a value is what a slot holds: blocks, one at least. Tells slots from other props without asking the kind of block. */
export function isSlot(value: unknown): value is readonly BlockData[] {
  return Array.isArray(value) && value.length > 0 && value.every(isBlock)
}

function isBlock(value: unknown): value is BlockData {
  const { type, props } = (value ?? {}) as Partial<BlockData>
  return typeof type === 'string' && typeof props === 'object' && props !== null && typeof props.id === 'string'
}

/** The slots of a block that hold something, by name. */
export function slotsOf({ props }: BlockData): readonly (readonly [name: string, blocks: readonly BlockData[]])[] {
  return Object.entries(props).flatMap(([name, value]) => (isSlot(value) ? [[name, value] as const] : []))
}

/** A block by itself, as if nothing stood within it. */
export function withoutSlots({ type, props }: BlockData): BlockData {
  return {
    type,
    props: Object.fromEntries(Object.entries(props).filter(([, value]) => !isSlot(value))) as BlockData['props'],
  }
}

/** Every block, each before those within it. */
export function allBlocks({ content }: { readonly content: readonly BlockData[] }): readonly BlockData[] {
  return content.flatMap((block) => [block, ...slotsOf(block).flatMap(([, blocks]) => allBlocks({ content: blocks }))])
}
