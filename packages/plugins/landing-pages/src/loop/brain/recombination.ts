import type { Random } from '@espalier/core'
import { allBlocks, type BlockData, slotsOf } from '../../blockData.ts'
import type { PageContent } from '../../content.ts'
import type { Arm } from '../arm.ts'
import { callsToAction, contentHash, versionOf } from './features.ts'

/** One thing that was done to a parent. Blocks are told by what they are; `from` is the key of the arm they come from. */
export type Operation =
  /** The same kind of block, in another arm's words. */
  | { readonly kind: 'replace'; readonly block: string; readonly from: string }
  | { readonly kind: 'insert'; readonly block: string; readonly from: string }
  | { readonly kind: 'remove'; readonly block: string }
  | { readonly kind: 'move'; readonly block: string; readonly before: string }
  /** The order in which another arm has its blocks. */
  | { readonly kind: 'order'; readonly from: string }
  /** What another arm's button says, where it leads to the same place. */
  | { readonly kind: 'label'; readonly block: string; readonly from: string }

export interface Recombination {
  readonly content: PageContent
  /** {@link contentHash} */
  readonly hash: string
  readonly parent: Arm
  /** The arm that most was taken from, if any. */
  readonly otherParent: Arm | null
  readonly operations: readonly Operation[]
}

/**
 * A new page from what there is: a parent with some of its blocks replaced, added, removed, moved or reordered as other arms
 * have them. Not a word is invented.
 *
 * What stays, whatever happens: the headline block first and the footer last, each form as the parent has it, a way to each
 * goal that the parent leads to, unique ids and anchors, and no link to an anchor that is gone.
 *
 * @param others what it may take from
 * @param operations how many things to change, from 1
 * @returns undefined where chance came up with something that breaks these rules, or changed nothing
 */
export function recombine(parent: Arm, others: Pool, random: Random, operations: number): Recombination | undefined {
  let page: Draft = { blocks: parent.content.content, operations: [], taken: [] }
  for (let count = 0; count < operations; count++) {
    const change = changes[pick(changeOdds, random)] as Change
    page = change(page, others, random) ?? page
  }
  const content = { root: parent.content.root, content: withUniqueIds(page.blocks) }
  const hash = contentHash(content)
  if (hash === contentHash(parent.content) || !isSound(content, parent.content)) return undefined
  return { content, hash, parent, otherParent: mostTaken(page.taken, parent), operations: page.operations }
}

/** Arms with their blocks, each version once, in the hands of the first arm that has it. */
export interface Pool {
  readonly arms: readonly Arm[]
  readonly versions: ReadonlyMap<string, readonly Version[]>
}

interface Version {
  readonly name: string
  readonly arm: Arm
  readonly block: BlockData
  /** Where on its page, from 0 to 1. */
  readonly place: number
}

/** By kind of block. */
export function poolOf(arms: readonly Arm[]): Pool {
  const versions = new Map<string, Version[]>()
  const seen = new Set<string>()
  for (const arm of arms)
    for (const [index, block] of arm.content.content.entries()) {
      const name = versionOf(block)
      if (seen.has(name)) continue
      seen.add(name)
      const place = index / Math.max(1, arm.content.content.length - 1)
      versions.set(block.type, [...(versions.get(block.type) ?? []), { name, arm, block, place }])
    }
  return { arms, versions }
}

interface Draft {
  readonly blocks: readonly BlockData[]
  readonly operations: readonly Operation[]
  /** Arms that something came from. */
  readonly taken: readonly Arm[]
}

type Change = (draft: Draft, others: Pool, random: Random) => Draft | undefined

const changes: readonly Change[] = [replace, insert, remove, move, adoptOrder, takeLabel]
/** Words matter most, so they are tried most. */
const changeOdds = [0.5, 0.1, 0.08, 0.14, 0.1, 0.08]

/** Blocks that people rely on as they are: what a form asks for is somebody's process. */
const untouched = new Set(['Form'])
const pinned = new Set(['Hero', 'Footer'])

/** Takes a block of the same kind from another arm; the id stays, so that the place on the page has one history. */
function replace(draft: Draft, { versions }: Pool, random: Random): Draft | undefined {
  const index = Math.floor(random.next() * draft.blocks.length)
  const block = draft.blocks[index]
  if (!block || untouched.has(block.type)) return undefined
  const present = new Set(draft.blocks.map(versionOf))
  const choice = oneOf(
    (versions.get(block.type) ?? []).filter(({ name }) => !present.has(name)),
    random,
  )
  if (!choice) return undefined
  return done(
    draft,
    draft.blocks.with(index, withId(choice.block, block.props.id)),
    { kind: 'replace', block: block.type, from: choice.arm.key },
    choice.arm,
  )
}

function withId(block: BlockData, id: string): BlockData {
  return block.props.id === id ? block : { ...block, props: { ...block.props, id } }
}

/** A block of a kind that the page does not have, near where its arm has it. */
function insert(draft: Draft, { versions }: Pool, random: Random): Draft | undefined {
  const present = new Set(draft.blocks.map(({ type }) => type))
  const choice = oneOf(
    [...versions].flatMap(([type, known]) =>
      present.has(type) || untouched.has(type) || pinned.has(type) ? [] : known,
    ),
    random,
  )
  if (!choice) return undefined
  const [first, last] = movable(draft.blocks)
  const at = Math.min(last, Math.max(first, Math.round(choice.place * (draft.blocks.length - 1))))
  return done(
    draft,
    draft.blocks.toSpliced(at, 0, choice.block),
    { kind: 'insert', block: choice.block.type, from: choice.arm.key },
    choice.arm,
  )
}

function remove(draft: Draft, _: Pool, random: Random): Draft | undefined {
  if (draft.blocks.length < 4) return undefined
  const choices = draft.blocks.filter(({ type }) => !untouched.has(type) && !pinned.has(type))
  const gone = oneOf(choices, random)
  if (!gone) return undefined
  return done(
    draft,
    draft.blocks.filter((block) => block !== gone),
    { kind: 'remove', block: gone.type },
  )
}

function move(draft: Draft, _: Pool, random: Random): Draft | undefined {
  const [first, last] = movable(draft.blocks)
  if (last - first < 2) return undefined
  const from = first + Math.floor(random.next() * (last - first))
  const to = first + Math.floor(random.next() * (last - first))
  const block = draft.blocks[from]
  const before = draft.blocks[to]
  if (!block || !before || from === to) return undefined
  const rest = draft.blocks.filter((other) => other !== block)
  // Down the page it comes to stand before the block that follows.
  const blocks = rest.toSpliced(to, 0, block)
  const next = blocks[to + 1]
  return done(draft, blocks, { kind: 'move', block: block.type, before: next?.type ?? before.type })
}

/** The kinds of blocks that both have, in the other's order. */
function adoptOrder(draft: Draft, { arms }: Pool, random: Random): Draft | undefined {
  const arm = oneOf(arms, random)
  if (!arm) return undefined
  const wanted = arm.content.content.map(({ type }) => type)
  const [first, last] = movable(draft.blocks)
  const middle = draft.blocks.slice(first, last)
  const placeOf = ({ type }: BlockData) => wanted.indexOf(type)
  const sorted = middle.filter((block) => placeOf(block) >= 0).sort((a, b) => placeOf(a) - placeOf(b))
  const ordered = middle.map((block) => (placeOf(block) >= 0 ? (sorted.shift() as BlockData) : block))
  if (ordered.every((block, index) => block === middle[index])) return undefined
  const blocks = [...draft.blocks.slice(0, first), ...ordered, ...draft.blocks.slice(last)]
  return done(draft, blocks, { kind: 'order', from: arm.key }, arm)
}

/** The words on a button, from one that leads to the same place for the same goal. */
function takeLabel(draft: Draft, { versions }: Pool, random: Random): Draft | undefined {
  const index = draft.blocks.findIndex(({ type }) => type === 'CallToAction')
  const block = draft.blocks[index]
  if (!block) return undefined
  const { href, goal, label } = block.props
  const choice = oneOf(
    (versions.get(block.type) ?? []).filter(
      ({ block: { props } }) => props.href === href && props.goal === goal && props.label !== label,
    ),
    random,
  )
  if (!choice) return undefined
  return done(
    draft,
    draft.blocks.with(index, { ...block, props: { ...block.props, label: choice.block.props.label } }),
    { kind: 'label', block: block.type, from: choice.arm.key },
    choice.arm,
  )
}

function done(draft: Draft, blocks: readonly BlockData[], operation: Operation, from?: Arm): Draft {
  return { blocks, operations: [...draft.operations, operation], taken: from ? [...draft.taken, from] : draft.taken }
}

/** From where to where blocks may change places: after the headline and before the footer. */
function movable(blocks: readonly BlockData[]): [first: number, last: number] {
  const first = blocks[0]?.type === 'Hero' ? 1 : 0
  const footer = blocks.findIndex(({ type }) => type === 'Footer')
  return [first, footer < 0 ? blocks.length : footer]
}

function mostTaken(taken: readonly Arm[], parent: Arm): Arm | null {
  const counts = new Map<Arm, number>()
  for (const arm of taken) if (arm.key !== parent.key) counts.set(arm, (counts.get(arm) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

/** The id of a block that came in may be taken: then it gets a number, as do those within it. */
function withUniqueIds(blocks: readonly BlockData[], taken = new Set<string>()): BlockData[] {
  return blocks.map((block) => {
    let id = block.props.id
    for (let number = 2; taken.has(id); number++) id = `${block.props.id.slice(0, 70)}-${number}`
    taken.add(id)
    const slots = slotsOf(block).map(([name, inner]) => [name, withUniqueIds(inner, taken)] as const)
    if (slots.length === 0) return withId(block, id)
    return { type: block.type, props: { ...block.props, ...Object.fromEntries(slots), id } }
  })
}

/** Whether it leads to every goal that the parent leads to, holds its forms, and all its anchors and links are in order. */
function isSound(content: PageContent, parent: PageContent): boolean {
  const [blocks, before] = [allBlocks(content), allBlocks(parent)]
  const goals = goalsOf(blocks)
  const versions = new Set(blocks.map(versionOf))
  const anchors = blocks.flatMap(({ props }) => (typeof props.anchor === 'string' ? [props.anchor] : []))
  return (
    [...goalsOf(before)].every((goal) => goals.has(goal)) &&
    before.every((block) => !untouched.has(block.type) || versions.has(versionOf(block))) &&
    new Set(anchors).size === anchors.length &&
    new Set(content.content.map(versionOf)).size === content.content.length &&
    brokenLinks(content) <= brokenLinks(parent)
  )
}

/** Goals with the place that leads to them. */
function goalsOf(blocks: readonly BlockData[]): ReadonlySet<string> {
  return new Set(
    blocks.flatMap((block) =>
      callsToAction(block).flatMap(({ goal, href }) => (goal === undefined ? [] : [`${goal} ${href ?? ''}`])),
    ),
  )
}

/** Links within the page that lead nowhere. */
function brokenLinks(content: PageContent): number {
  const text = JSON.stringify(content.content)
  const anchors = new Set([...text.matchAll(/"anchor":"([^"]*)"/g)].map(([, anchor]) => anchor))
  return [...text.matchAll(/"href":"#([^"]*)"/g)].filter(([, anchor]) => anchor !== '' && !anchors.has(anchor)).length
}

function oneOf<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random.next() * items.length)]
}

function pick(odds: readonly number[], random: Random): number {
  let left = random.next() * odds.reduce((sum, own) => sum + own, 0)
  for (const [index, own] of odds.entries()) {
    left -= own
    if (left < 0) return index
  }
  return odds.length - 1
}
