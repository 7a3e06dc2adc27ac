import { issueTold, issueWords, said, type Told } from '@espalier/core'
import { z } from 'zod'
import { allBlocks, type BlockData, isSlot, maxDepth, slotsOf } from './blockData.ts'
import { link, listOf, text } from './blocks/block.ts'
import type { Catalog } from './blocks/catalog.ts'
import { image } from './blocks/image.ts'
import { migratePuck } from './puckMigration.ts'

/** Largest content of a variant, as JSON. Bytes. */
/** Of a version, as JSON. */
export const maxBytes = 256 * 1024
export const maxBlocks = 200

/** The content of a page in the data shape of Puck: blocks in order, and what belongs to the page as a whole. */
export interface PageContent {
  readonly content: readonly BlockData[]
  readonly root: { readonly props: PageProps }
}

export type PageProps = z.output<typeof pageProps>

const pageProps = z.object({
  title: text(70),
  description: text(200).optional(),
  /** What others see when they share the page; 1200 × 630 pixels suit most. */
  image: image.optional(),
  /** Where the same content stands first, if that is elsewhere. */
  canonical: link
    .refine(
      (value) => /^https?:/i.test(value),
      said({ en: 'must start with https:// or http://', fr: 'doit commencer par https:// ou http://' }),
    )
    .optional(),
  /** Keeps the page out of search engines. */
  noindex: z.boolean().optional(),
})

/** The schema of contents that are made of a catalog's blocks. What Puck wrote before 0.19 is taken, in today's shape. */
export function pageContent(catalog: Catalog): z.ZodType<PageContent> {
  const content = z
    .object({
      content: listOf(blockAt(1, catalog), maxBlocks),
      root: z.object({ props: pageProps }),
    })
    .superRefine((content, context) => {
      const report = (message: string, path: (string | number)[]) =>
        context.addIssue({ code: 'custom', message, path, input: content })
      checkTree(content, catalog, report)
      if (Buffer.byteLength(JSON.stringify(content)) > maxBytes) report(`is larger than ${maxBytes / 1024} KiB`, [])
    })
  return z.preprocess(
    (input, context) =>
      migratePuck(input, catalog, (message, path) => context.addIssue({ code: 'custom', message, path, input })),
    content,
  )
}

/** Ids of forms stand in addresses, where dots alone would mean a folder. */
const blockId = text(80).refine(
  (id) => !/^\.+$/.test(id),
  said({ en: 'is nothing but dots', fr: 'n’est fait que de points' }),
)

/** A block with what stands within it. @param depth 1 in the page itself */
function blockAt(depth: number, catalog: Catalog): z.ZodType<BlockData> {
  const within = depth < maxDepth ? listOf(blockAt(depth + 1, catalog), maxBlocks) : tooDeep
  return z
    .object({ type: z.string(), props: z.looseObject({ id: blockId }) })
    .transform(({ type, props }, context): BlockData => {
      const refuse = (words: Told, path: PropertyKey[], input: unknown) => {
        context.addIssue({ code: 'custom', path, input, ...issueWords(words) })
        return z.NEVER
      }
      const known = catalog.get(type)
      if (!known)
        return refuse(
          {
            en: `is "${type}", which is no block. The blocks are: ${catalog.types.join(', ')}`,
            fr: `est « ${type} », qui n’est pas un bloc. Les blocs sont : ${catalog.types.join(', ')}`,
          },
          ['type'],
          type,
        )
      const parsed = known.props.safeParse(props)
      if (!parsed.success) {
        for (const issue of parsed.error.issues) context.addIssue(issueAt(issue, ['props'], props))
        return z.NEVER
      }
      const names = known.slots?.(parsed.data) ?? []
      const lost = Object.keys(props).find(
        (name) => isSlot(props[name]) && !names.includes(name) && !Object.hasOwn(parsed.data, name),
      )
      if (lost !== undefined)
        return refuse(
          {
            en: `holds blocks, and the ${type} has ${names.length > 0 ? `the slots ${names.join(', ')}` : 'no slots'}`,
            fr: `contient des blocs, et ${type} ${names.length > 0 ? `a les emplacements ${names.join(', ')}` : 'n’a pas d’emplacement'}`,
          },
          ['props', lost],
          props[lost],
        )
      const slots: Record<string, readonly BlockData[]> = {}
      for (const name of names) {
        const blocks = within.safeParse(Object.hasOwn(props, name) ? (props[name] ?? []) : [])
        for (const issue of blocks.error?.issues ?? []) context.addIssue(issueAt(issue, ['props', name], props[name]))
        // An empty slot says nothing.
        if (blocks.success && blocks.data.length > 0) slots[name] = blocks.data
      }
      return { type, props: { ...(parsed.data as object), ...slots, id: props.id } }
    })
}

const tooDeep = z
  .array(z.unknown())
  .refine(
    (blocks) => blocks.length === 0,
    said({ en: `is nested deeper than ${maxDepth} levels`, fr: `est imbriqué sur plus de ${maxDepth} niveaux` }),
  )
  .transform((): BlockData[] => [])

type Report = (message: string, path: (string | number)[]) => void

/** Ids and anchors are unique, and blocks stand where they may. */
function checkTree(page: Pick<PageContent, 'content'>, catalog: Catalog, report: Report): void {
  const all = allBlocks(page)
  if (all.length > maxBlocks) report(`has more than ${maxBlocks} blocks in all`, ['content'])
  if (hasTwice(all.map(({ props }) => props.id))) report('has two blocks with the same props.id', ['content'])
  if (hasTwice(all.flatMap(({ props }) => (typeof props.anchor === 'string' ? [props.anchor] : []))))
    report('has two blocks with the same anchor', ['content'])
  page.content.forEach((block, index) => {
    checkPlaces(block, ['content', index], catalog, report)
  })
}

function checkPlaces(block: BlockData, path: (string | number)[], catalog: Catalog, report: Report): void {
  for (const [name, blocks] of slotsOf(block))
    blocks.forEach((inner, index) => {
      const place = [...path, 'props', name, index]
      if ((catalog.get(inner.type)?.place ?? 'anywhere') !== 'anywhere')
        report(`is "${inner.type}", which stands in the page itself, not within another block`, [...place, 'type'])
      checkPlaces(inner, place, catalog, report)
    })
}

/** Types of blocks on a page that the catalog does not know (any more): they are left out when it is served. */
export function missingTypes(content: PageContent, catalog: Catalog): readonly string[] {
  return [...new Set(allBlocks(content).map(({ type }) => type))].filter((type) => !catalog.get(type))
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size !== values.length
}

/** What a block found wrong, as an issue of the page: in both languages. */
function issueAt(issue: z.core.$ZodIssue, place: PropertyKey[], input: unknown) {
  const path = [...place, ...issue.path]
  return { ...issue, code: 'custom' as const, path, ...issueWords(issueTold(issue, input)) }
}
