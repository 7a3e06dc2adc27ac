import { z } from 'zod'
import { listOf, text } from './blocks/block.ts'
import { catalog } from './blocks/catalog.ts'

/** Largest content of a variant, as JSON. Bytes. */
const maxBytes = 256 * 1024

const block = z
  .object({ type: z.string(), props: z.looseObject({ id: text(80) }) })
  .transform(({ type, props }, context) => {
    const known = catalog.get(type)
    if (!known) {
      context.addIssue({
        code: 'custom',
        path: ['type'],
        message: `is "${type}", which is no block. The blocks are: ${[...catalog.keys()].join(', ')}`,
        input: type,
      })
      return z.NEVER
    }
    const parsed = known.props.safeParse(props)
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        context.addIssue({ ...issue, code: 'custom', path: ['props', ...issue.path] })
      return z.NEVER
    }
    return { type, props: { id: props.id, ...(parsed.data as object) } }
  })

/**
 * The content of a page in the data shape of Puck: blocks in order, and what belongs to the page as a whole.
 * Zones (blocks within blocks) are part of the shape; no block has one yet, so they must be empty.
 */
export const pageContent = z
  .object({
    content: listOf(block, 100).refine(
      (blocks) => new Set(blocks.map(({ props }) => props.id)).size === blocks.length,
      'has two blocks with the same props.id',
    ),
    root: z.object({
      props: z.object({ title: text(70), description: text(200).optional() }),
    }),
    zones: z.record(z.string(), z.array(z.never('must be empty: no block has zones'))).default({}),
  })
  .refine((content) => Buffer.byteLength(JSON.stringify(content)) <= maxBytes, `is larger than ${maxBytes / 1024} KiB`)

export type PageContent = z.output<typeof pageContent>
