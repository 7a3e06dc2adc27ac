import { z } from 'zod'
import { link, listOf, text } from './blocks/block.ts'
import type { Catalog } from './blocks/catalog.ts'
import { image } from './blocks/image.ts'

/** Largest content of a variant, as JSON. Bytes. */
const maxBytes = 256 * 1024
const maxBlocks = 200
/** Blocks within blocks within blocks. */
const maxDepth = 3

/** A block as pages hold it. */
export interface BlockData {
  readonly type: string
  readonly props: { readonly id: string } & Readonly<Record<string, unknown>>
}

/** The content of a page in the data shape of Puck: blocks in order, what belongs to the page as a whole, and blocks within blocks. */
export interface PageContent {
  readonly content: readonly BlockData[]
  readonly root: { readonly props: PageProps }
  /** By `<id of the block>:<name of the zone>`. */
  readonly zones: Readonly<Record<string, readonly BlockData[]>>
}

export type PageProps = z.output<typeof pageProps>

const pageProps = z.object({
  title: text(70),
  description: text(200).optional(),
  /** What others see when they share the page; 1200 × 630 pixels suit most. */
  image: image.optional(),
  /** Where the same content stands first, if that is elsewhere. */
  canonical: link.refine((value) => /^https?:/i.test(value), 'must start with https:// or http://').optional(),
  /** Keeps the page out of search engines. */
  noindex: z.boolean().optional(),
})

/** The schema of contents that are made of a catalog's blocks. */
export function pageContent(catalog: Catalog): z.ZodType<PageContent> {
  const block = blockOf(catalog)
  return z
    .object({
      content: listOf(block, maxBlocks),
      root: z.object({ props: pageProps }),
      zones: z.record(z.string(), listOf(block, maxBlocks)).default({}),
    })
    .superRefine((content, context) => {
      const report = (message: string, path: (string | number)[]) =>
        context.addIssue({ code: 'custom', message, path, input: content })
      checkTree(content, catalog, report)
      if (Buffer.byteLength(JSON.stringify(content)) > maxBytes) report(`is larger than ${maxBytes / 1024} KiB`, [])
    })
}

/** Ids of forms stand in addresses, where dots alone would mean a folder. */
const blockId = text(80).refine((id) => !/^\.+$/.test(id), 'is nothing but dots')

function blockOf(catalog: Catalog) {
  return z
    .object({ type: z.string(), props: z.looseObject({ id: blockId }) })
    .transform(({ type, props }, context): BlockData => {
      const known = catalog.get(type)
      if (!known) {
        context.addIssue({
          code: 'custom',
          path: ['type'],
          message: `is "${type}", which is no block. The blocks are: ${catalog.types.join(', ')}`,
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
      return { type, props: { ...(parsed.data as object), id: props.id } }
    })
}

type Report = (message: string, path: (string | number)[]) => void

/** Ids and anchors are unique, zones belong to a block that has them, and blocks stand where they may. */
function checkTree({ content, zones }: Pick<PageContent, 'content' | 'zones'>, catalog: Catalog, report: Report): void {
  const lists = Object.entries(zones)
  const all = [...content, ...lists.flatMap(([, blocks]) => blocks)]
  if (all.length > maxBlocks && lists.length > 0) report(`has more than ${maxBlocks} blocks in all`, ['zones'])
  if (hasTwice(all.map(({ props }) => props.id))) report('has two blocks with the same props.id', ['content'])
  if (hasTwice(all.flatMap(({ props }) => (typeof props.anchor === 'string' ? [props.anchor] : []))))
    report('has two blocks with the same anchor', ['content'])

  const reached = new Set<string>()
  const visit = (blocks: readonly BlockData[], depth: number): void => {
    for (const { type, props } of blocks)
      for (const name of zonesOf(catalog, type, props)) {
        const key = `${props.id}:${name}`
        const inside = Object.hasOwn(zones, key) ? zones[key] : undefined
        if (!inside || reached.has(key)) continue
        reached.add(key)
        if (depth >= maxDepth) report(`is nested deeper than ${maxDepth} levels`, ['zones', key])
        else visit(inside, depth + 1)
      }
  }
  visit(content, 1)
  for (const [key, blocks] of lists) {
    if (!reached.has(key))
      report('belongs to no zone of a block on this page. Keys are "<id of the block>:<name of the zone>"', [
        'zones',
        key,
      ])
    blocks.forEach(({ type }, index) => {
      if ((catalog.get(type)?.place ?? 'anywhere') !== 'anywhere')
        report(`is "${type}", which stands in the page itself, not within another block`, ['zones', key, index, 'type'])
    })
  }
}

/** The zones of a block, by name. */
export function zonesOf(catalog: Catalog, type: string, props: object): readonly string[] {
  return catalog.get(type)?.zones?.(props) ?? []
}

/** Every block of a page, those in zones included. */
export function allBlocks({ content, zones }: Pick<PageContent, 'content' | 'zones'>): readonly BlockData[] {
  return [...content, ...Object.values(zones ?? {}).flat()]
}

/** Types of blocks on a page that the catalog does not know (any more): they are left out when it is served. */
export function missingTypes(content: PageContent, catalog: Catalog): readonly string[] {
  return [...new Set(allBlocks(content).map(({ type }) => type))].filter((type) => !catalog.get(type))
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size !== values.length
}
