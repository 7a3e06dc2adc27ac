import { createHash } from 'node:crypto'
import { allBlocks, type BlockData } from '../../blockData.ts'
import type { PageContent } from '../../content.ts'

/**
 * What can be said of a page in words that a person can check, in English and French alike:
 *
 * - `block:Testimonials`: has such a block;
 * - `order:Pricing<Features`: the first comes before the second, of blocks in the page itself;
 * - `text:Hero:3f9a0c12`: has this very version of the block (the start of its hash), so that a version can be told good;
 * - `tone:question`, `exclamation`, `you`, `numbers`, `urgency`: of headlines and of what actions say;
 * - `length:short` (below 150 words), `medium`, `long` (from 400);
 * - `action:imperative`, `first-person`, `free`, `price`: how the actions are worded;
 * - `actions:one`, `two`, `many`, and `first-action:hero`, `early` (first half), `late`, `none`.
 */
export function featuresOf(content: PageContent): ReadonlySet<string> {
  const known = featuresKnown.get(content)
  if (known) return known
  const found = readFeatures(content)
  featuresKnown.set(content, found)
  return found
}

/** Contents and blocks never change, and recombining asks for the same ones thousands of times. */
const featuresKnown = new WeakMap<PageContent, ReadonlySet<string>>()
const blocksKnown = new WeakMap<BlockData, BlockReading>()

function readFeatures(content: PageContent): ReadonlySet<string> {
  const blocks = content.content.map(read)
  return new Set([
    ...blocks.flatMap(({ types }) => types.map((type) => `block:${type}`)),
    ...ordersOf(content),
    ...content.content.map(versionOf),
    ...blocks.flatMap(({ tones, wordings }) => [...tones, ...wordings]),
    lengthOf(blocks.reduce((sum, { words }) => sum + words, 0)),
    ...actionsOf(content),
  ])
}

/** Name of a version of a block: the same words are the same version, in whatever page and under whatever id. */
export function versionOf(block: BlockData): string {
  return `text:${block.type}:${read(block).hash.slice(0, 12)}`
}

/** SHA-256 of a content without the ids of its blocks, in hexadecimal: the same for what visitors cannot tell apart. */
export function contentHash({ content, root }: PageContent): string {
  return hashOf({ content: content.map((block) => read(block).hash), root })
}

/** What actions of a page say and where they lead: links that look like buttons, and the buttons of forms. */
export function callsToAction(block: BlockData): readonly { label: string; href?: string; goal?: string }[] {
  const { props } = block
  const action = (value: unknown) => {
    const { label, href, goal } = (value ?? {}) as { label?: unknown; href?: unknown; goal?: unknown }
    if (typeof label !== 'string') return []
    return [{ label, ...(typeof href === 'string' ? { href } : {}), ...(typeof goal === 'string' ? { goal } : {}) }]
  }
  if (block.type === 'CallToAction' || block.type === 'Form') return action(props)
  if (block.type === 'Pricing') return listed(props.plans).flatMap((plan) => action(plan.action))
  return action(props.action)
}

function ordersOf({ content }: PageContent): string[] {
  // The headline stands first and the footer last in any page: nothing to learn from.
  const types = [...new Set(content.map(({ type }) => type))].filter((type) => type !== 'Hero' && type !== 'Footer')
  return types.flatMap((first, index) => types.slice(index + 1).map((second) => `order:${first}<${second}`))
}

interface BlockReading {
  /** Without ids. */
  readonly hash: string
  /** Of it and of all within it. */
  readonly types: readonly string[]
  readonly tones: readonly string[]
  readonly wordings: readonly string[]
  readonly actions: number
  readonly words: number
}

/** A block in the page itself, with all that stands within it. */
function read(block: BlockData): BlockReading {
  const known = blocksKnown.get(block)
  if (known) return known
  const all = allBlocks({ content: [block] })
  const labels = all.flatMap((inner) => callsToAction(inner).map(({ label }) => label))
  const headlines = all.flatMap(({ props }) =>
    [props.title, props.subtitle, props.heading].filter((text) => typeof text === 'string'),
  )
  const found: BlockReading = {
    hash: hashOf(withoutIds(block)),
    types: all.map(({ type }) => type),
    tones: tonesOf([...headlines, ...labels].join('\n')),
    wordings: wordingsOf(labels),
    actions: labels.length,
    words: countWords(block.props),
  }
  blocksKnown.set(block, found)
  return found
}

/** Names of props that hold addresses and names for machines, not words for visitors. */
const unread = new Set(['id', 'anchor', 'href', 'goal', 'click', 'src', 'imageId', 'type', 'name', 'autocomplete'])

function countWords(value: unknown): number {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [name, inner]) => sum + (unread.has(name) ? 0 : countWords(inner)), 0)
}

function lengthOf(words: number): string {
  return `length:${words < 150 ? 'short' : words < 400 ? 'medium' : 'long'}`
}

const tones: readonly (readonly [string, RegExp])[] = [
  ['question', /\?/],
  ['exclamation', /!/],
  ['you', /(?<![\p{L}])(you|your|yours|vous|votre|vos|tu|ton|tes)(?![\p{L}])/iu],
  ['numbers', /\p{N}/u],
  [
    'urgency',
    /(?<![\p{L}])(now|today|tonight|last chance|limited|hurry|only \d+|ends|maintenant|aujourd[’']hui|dernière chance|limitée?s?|vite|plus que|se termine)(?![\p{L}])/iu,
  ],
]

function tonesOf(text: string): string[] {
  return tones.flatMap(([name, pattern]) => (pattern.test(text) ? [`tone:${name}`] : []))
}

const wordings: readonly (readonly [string, RegExp])[] = [
  [
    'imperative',
    /^(get|start|try|book|buy|join|see|learn|download|discover|sign up|subscribe|request|order|create|contact|read|watch|choose|obtenez|commencez|essayez|réservez|achetez|rejoignez|voyez|voir|découvrez|découvrir|téléchargez|télécharger|inscrivez|demandez|demander|commandez|créez|contactez|choisissez|démarrez|démarrer|lisez|regardez)(?![\p{L}])/iu,
  ],
  ['first-person', /(?<![\p{L}])(i|my|me|i[’']m|je|j[’']|mon|ma|mes|moi)(?![\p{L}])|j[’']/iu],
  ['free', /(?<![\p{L}])(free|gratuit|gratuite|gratuits|gratuitement|offert|offerte)(?![\p{L}])/iu],
  ['price', /[$€£]|\d+\s?(%|eur|usd|euros?)/iu],
]

function wordingsOf(labels: readonly string[]): string[] {
  return wordings.flatMap(([name, pattern]) =>
    labels.some((label) => pattern.test(label.trim())) ? [`action:${name}`] : [],
  )
}

function actionsOf({ content }: PageContent): string[] {
  const counts = content.map((block) => read(block).actions)
  const all = counts.reduce((sum, count) => sum + count, 0)
  const first = counts.findIndex((count) => count > 0)
  const place =
    first < 0 ? 'none' : content[first]?.type === 'Hero' ? 'hero' : first < content.length / 2 ? 'early' : 'late'
  return [...(all > 0 ? [`actions:${all === 1 ? 'one' : all === 2 ? 'two' : 'many'}`] : []), `first-action:${place}`]
}

function listed(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : []
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex')
}

/** A block and those within it without `props.id`; an id deeper in a prop is somebody's word, and stays. */
function withoutIds({ type, props }: BlockData): unknown {
  const { id: _, ...rest } = props
  return {
    type,
    props: Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, Array.isArray(value) ? value.map(inner) : value]),
    ),
  }
}

function inner(value: unknown): unknown {
  const { type, props } = (value ?? {}) as Partial<BlockData>
  return typeof type === 'string' && typeof props === 'object' && props !== null ? withoutIds({ type, props }) : value
}

/** Objects with their names in alphabetical order: a database does not keep the order that they were written in. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  )
}
