import { allBlocks, type BlockData, type PageContent, slotsOf, withoutSlots } from '../canvas/content.ts'

/** Two people changed one content. */
export interface BothSides {
  /** What I had when I began, or saved last. */
  readonly myBase: PageContent
  readonly mine: PageContent
  /** The same as the server had it: it trims texts and fills in defaults. */
  readonly theirBase: PageContent
  readonly theirs: PageContent
}

/** One prop that both changed, each in another way. */
export interface Clash {
  /** Null for what belongs to the page as a whole. */
  readonly blockId: string | null
  readonly blockType: string | null
  readonly prop: string
  readonly mine: unknown
  readonly theirs: unknown
}

export interface Merged {
  /** With my version of every clash. */
  readonly content: PageContent
  readonly clashes: readonly Clash[]
}

/**
 * Brings together what two people did to one content: blocks that either added, what either changed, moved or removed. A block
 * that one removed and the other changed stays. Only where both changed the same prop of a block has somebody to choose.
 */
export function mergeContents(sides: BothSides): Merged {
  const trees = {
    myBase: treeOf(sides.myBase),
    mine: treeOf(sides.mine),
    theirBase: treeOf(sides.theirBase),
    theirs: treeOf(sides.theirs),
  }
  const clashes: Clash[] = []
  const blocks = new Map<string, BlockData>()
  for (const id of new Set([...trees.mine.blocks.keys(), ...trees.theirs.blocks.keys()])) {
    const block = mergeBlock(id, trees, clashes)
    if (block) blocks.set(id, block)
  }
  const rootProps = mergeProps(
    {
      myBase: sides.myBase.root.props,
      mine: sides.mine.root.props,
      theirBase: sides.theirBase.root.props,
      theirs: sides.theirs.root.props,
    },
    (prop, mine, theirs) => clashes.push({ blockId: null, blockType: null, prop, mine, theirs }),
  )
  return { content: { root: { props: rootProps }, content: placed(blocks, trees) }, clashes }
}

/** The content with their version of what was chosen. */
export function withTheirs(content: PageContent, chosen: readonly Clash[]): PageContent {
  const rootProps = { ...content.root.props }
  for (const { blockId, prop, theirs } of chosen) if (blockId === null) set(rootProps, prop, theirs)
  const changed = (blocks: readonly BlockData[]): BlockData[] =>
    blocks.map((block) => {
      const props: { id: string; [name: string]: unknown } = { ...block.props }
      for (const { blockId, prop, theirs } of chosen) if (blockId === block.props.id) set(props, prop, theirs)
      for (const [name, within] of slotsOf({ type: block.type, props })) props[name] = changed(within)
      return { type: block.type, props }
    })
  return { root: { props: rootProps }, content: changed(content.content) }
}

/** Whether two values say the same: texts but for spaces around them, and nothing as much as an empty list. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other))
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([name, part]): [string, unknown] => [name, plain(part)])
    .filter(([, part]) => part !== undefined && !(Array.isArray(part) && part.length === 0))
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries)
}

/** The places of a content: '' is the page itself, others are "<id of the block>:<slot>". */
interface Tree {
  readonly blocks: ReadonlyMap<string, BlockData>
  readonly placeOf: ReadonlyMap<string, string>
  readonly orders: ReadonlyMap<string, readonly string[]>
}

function treeOf({ content }: PageContent): Tree {
  const placeOf = new Map<string, string>()
  const orders = new Map<string, readonly string[]>()
  const walk = (place: string, blocks: readonly BlockData[]) => {
    orders.set(
      place,
      blocks.map(({ props }) => props.id),
    )
    for (const block of blocks) {
      placeOf.set(block.props.id, place)
      for (const [name, within] of slotsOf(block)) walk(`${block.props.id}:${name}`, within)
    }
  }
  walk('', content)
  return { blocks: new Map(allBlocks(content).map((block) => [block.props.id, block])), placeOf, orders }
}

type Trees = Readonly<Record<keyof BothSides, Tree>>

/** The block by itself; nothing where it is gone. */
function mergeBlock(id: string, { myBase, mine, theirBase, theirs }: Trees, clashes: Clash[]): BlockData | undefined {
  const [my, their] = [mine.blocks.get(id), theirs.blocks.get(id)]
  const [myBefore, theirBefore] = [myBase.blocks.get(id), theirBase.blocks.get(id)]
  if (my && their) {
    const { type } = my
    const before = { myBase: propsOf(myBefore), theirBase: propsOf(theirBefore) }
    const props = mergeProps({ ...before, mine: propsOf(my), theirs: propsOf(their) }, (prop, mine, theirs) =>
      clashes.push({ blockId: id, blockType: type, prop, mine, theirs }),
    )
    return { type, props: { ...props, id } }
  }
  // I have it and they have not: it is new, or they removed it, which counts unless I changed it.
  if (my) return !myBefore || !same(propsOf(my), propsOf(myBefore)) || !theirBefore ? withoutSlots(my) : undefined
  if (their)
    return !theirBefore || !same(propsOf(their), propsOf(theirBefore)) || !myBefore ? withoutSlots(their) : undefined
  return undefined
}

function propsOf(block: BlockData | undefined): Readonly<Record<string, unknown>> {
  return block ? withoutSlots(block).props : {}
}

function mergeProps(
  sides: Readonly<Record<keyof BothSides, Readonly<Record<string, unknown>>>>,
  clash: (prop: string, mine: unknown, theirs: unknown) => void,
): Record<string, unknown> {
  const { myBase, mine, theirBase, theirs } = sides
  const merged: Record<string, unknown> = {}
  for (const prop of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(theirBase)])) {
    const iChanged = !same(mine[prop], myBase[prop])
    const theyChanged = !same(theirs[prop], theirBase[prop])
    if (iChanged && theyChanged && !same(mine[prop], theirs[prop])) clash(prop, mine[prop], theirs[prop])
    // What neither touched is taken as I have it, so that nothing on my screen moves.
    set(merged, prop, theyChanged && !iChanged ? theirs[prop] : mine[prop])
  }
  return merged
}

function set(props: Record<string, unknown>, prop: string, value: unknown): void {
  if (value === undefined) delete props[prop]
  else props[prop] = value
}

/** Blocks in their places and orders. */
function placed(blocks: ReadonlyMap<string, BlockData>, trees: Trees): BlockData[] {
  const placeOf = new Map([...blocks.keys()].map((id) => [id, placeFor(id, blocks, trees)]))
  const fill = (place: string): BlockData[] => {
    const ids = ordered(
      place,
      [...placeOf].flatMap(([id, at]) => (at === place ? [id] : [])),
      trees,
    )
    return ids.map((id) => {
      const { type, props } = blocks.get(id) as BlockData
      const slots = new Set([...placeOf.values()].filter((at) => at.startsWith(`${id}:`)))
      const within = [...slots].map((at) => [at.slice(id.length + 1), fill(at)])
      return { type, props: { ...props, ...Object.fromEntries(within), id } }
    })
  }
  return fill('')
}

/** Where I moved it, else where they did. What held it may be gone: then it stands in the page itself. */
function placeFor(id: string, blocks: ReadonlyMap<string, BlockData>, trees: Trees): string {
  const [mine, before, theirs] = [trees.mine, trees.myBase, trees.theirs].map(({ placeOf }) => placeOf.get(id))
  const place = (mine === before ? (theirs ?? mine) : (mine ?? theirs)) ?? ''
  const holder = place.slice(0, place.lastIndexOf(':'))
  if (place === '' || (blocks.has(holder) && !isWithin(holder, id, trees))) return place
  return ''
}

/** Whether both moved two blocks into each other. */
function isWithin(holder: string, id: string, { mine, theirs }: Trees): boolean {
  const seen = new Set<string>()
  let at: string | undefined = holder
  while (at !== undefined && !seen.has(at)) {
    if (at === id) return true
    seen.add(at)
    const place: string = mine.placeOf.get(at) ?? theirs.placeOf.get(at) ?? ''
    at = place === '' ? undefined : place.slice(0, place.lastIndexOf(':'))
  }
  return false
}

/** My order, or theirs where I left it as it was; what only the other has comes behind what it follows there. */
function ordered(place: string, ids: readonly string[], { myBase, mine, theirs }: Trees): string[] {
  const inPlace = new Set(ids)
  const orderOf = (tree: Tree) => (tree.orders.get(place) ?? []).filter((id) => inPlace.has(id))
  const shared = (tree: Tree, other: Tree) => orderOf(tree).filter((id) => other.placeOf.get(id) === place)
  const iMoved = shared(mine, myBase).join(' ') !== shared(myBase, mine).join(' ')
  const [first, second] = iMoved ? [orderOf(mine), orderOf(theirs)] : [orderOf(theirs), orderOf(mine)]
  const result = [...first]
  second.forEach((id, index) => {
    if (result.includes(id)) return
    const before = second.slice(0, index).findLast((other) => result.includes(other))
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, id)
  })
  for (const id of ids) if (!result.includes(id)) result.push(id)
  return result
}
