import { createHash } from 'node:crypto'
import { said } from '@espalier/core'
import { html } from 'hono/html'
import { z } from 'zod'
import type { BlockData } from '../blockData.ts'
import type { AnyBlock, Catalog } from '../blocks/catalog.ts'
import type { ImageRenderer } from '../blocks/image.ts'
import { styles } from '../styles.ts'

/** A block as visitors would see it, for an editor that puts the blocks within it in their places by itself. */
export interface RenderedBlock {
  /** `<e-slot name="…"></e-slot>` stands where the blocks within it go. Null for what cannot be shown as it is. */
  readonly html: string | null
  /** The slots that it has with these props. */
  readonly slots: readonly string[]
  /** What keeps it from being shown: its path within the props, and why. */
  readonly issues: readonly BlockIssue[]
}

export interface BlockIssue {
  /** "items.0.title"; empty for the block as a whole. */
  readonly path: string
  readonly message: string
}

export interface RenderedBlockOptions {
  readonly catalog: Catalog
  /** BCP 47. */
  readonly language: string
  readonly images: ImageRenderer
}

/** What an editor sends: as little as it takes to say which kind of block, the rest is for the kind to check. */
export const blocksToRender = z
  .array(z.object({ type: z.string(), props: z.looseObject({ id: z.string() }) }))
  .refine((blocks) => blocks.length <= 200, said({ en: 'has more than 200 blocks', fr: 'a plus de 200 blocs' }))

/** Renders a block by itself: the same code that makes the page for visitors. Forms send nothing. */
export async function renderBlock(data: BlockData, options: RenderedBlockOptions): Promise<RenderedBlock> {
  const { catalog, language, images } = options
  const block = catalog.get(data.type)
  if (!block) return { html: null, slots: [], issues: [{ path: '', message: `There is no block "${data.type}".` }] }
  const props = block.props.safeParse(data.props)
  if (!props.success)
    return {
      html: null,
      slots: [],
      issues: props.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    }
  const { id } = data.props
  const slots = block.slots?.(props.data) ?? []
  try {
    const markup = await block.render(props.data, {
      language,
      key: `E${createHash('sha256').update(id).digest('hex').slice(0, 10)}`,
      id,
      image: (image, shown) => images.tag(image, shown),
      slot: (name) => (slots.includes(name) ? [html`<e-slot name="${name}"></e-slot>`] : []),
      formAddress: null,
      answer: undefined,
    })
    return { html: markup.toString(), slots, issues: [] }
  } catch (error) {
    return { html: null, slots, issues: [{ path: '', message: (error as Error).message }] }
  }
}

/** The styles of pages with those of every kind of block: an editor may add any of them. */
export function editorStyles(catalog: Catalog): string {
  return [styles, ...catalog.blocks.flatMap((block) => block.styles ?? [])].join('\n')
}

/** Every name that the slots of a kind of block may have. */
export function slotNames(block: AnyBlock): readonly string[] {
  if (block.slotNames) return block.slotNames
  if (!block.slots) return []
  const example = block.props.safeParse(block.example?.('en') ?? {})
  return example.success ? block.slots(example.data) : []
}
