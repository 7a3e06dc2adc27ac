import type { HtmlEscapedString } from 'hono/utils/html'
import { z } from 'zod'
import type { Rendering } from './rendering.ts'

/** Markup in which everything that people wrote has been escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** A kind of block that pages are made of. */
export interface Block<Props = unknown> {
  /** As in Puck's `type`: "Hero". */
  readonly type: string
  /** What it is for, in a sentence: for editors and for whatever writes pages. */
  readonly description: string
  readonly props: z.ZodType<Props>
  /** CSS that travels only in pages with this block. Colors come from the variables in styles.ts. */
  readonly styles?: string
  /** Places for blocks within it, by name: in Puck, its fields of type `slot`. */
  readonly slots?: (props: Props) => readonly string[]
  /** `top`: in the page itself, not within another block. `end`: also after everything else, outside of `main`. */
  readonly place?: 'anywhere' | 'top' | 'end'
  readonly render: (props: Props, page: Rendering) => Markup
}

/**
 * A kind of block. Write its markup with `html` of this package: it escapes what it is given.
 *
 * @example
 * export const quote = defineBlock({
 *   type: 'Quote',
 *   description: 'Words of somebody else.',
 *   props: z.object({ text: text(500) }),
 *   styles: '.quote{border-left:4px solid var(--accent);padding-left:1rem}',
 *   render: ({ text }) => html`<blockquote class="quote">${text}</blockquote>`,
 * })
 */
export function defineBlock<Props>(block: Block<Props>): Block<Props> {
  return block
}

// Lengths are refinements, not zod's own `.min()` and `.max()`: those also run on an object with a `length` of its
// own, and break on it.

/** Plain text of at most `max` characters. */
export function text(max: number) {
  return shortText(max).refine((value) => value.length > 0, 'is empty')
}

/** Text that may be empty. */
export function shortText(max: number) {
  return z
    .string()
    .trim()
    .refine((value) => value.length <= max, `has more than ${max.toLocaleString('en')} characters`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'has a NUL character or half of a surrogate pair')
}

/** A list of at most `max` items. */
export function listOf<Item extends z.ZodType>(item: Item, max: number) {
  return z.array(item).refine((items) => items.length <= max, `has more than ${max} items`)
}

/** A list of 1 to `max` items. */
export function someOf<Item extends z.ZodType>(item: Item, max: number) {
  return listOf(item, max).refine((items) => items.length > 0, 'is empty')
}

/** Where a link may lead: a web address, mail, telephone, or a place on this site. Scripts and data are refused. */
export const link = shortText(2_000).refine(
  (value) => /^(https?:\/\/|mailto:|tel:|\/(?![/\\])|#)/i.test(value) && !/[\s\\]/.test(value),
  'must start with https://, http://, mailto:, tel:, / or #, and have no space or backslash',
)

/** Id of a block within its page, for links such as `#offer`. */
export const anchor = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'takes lower-case letters, digits and hyphens, and starts with a letter')

/** Name of a goal or of a click, as it shows in reports. */
export const eventName = shortText(64).regex(/^[\w][\w .:-]*$/, 'takes letters, digits, spaces and _ . : -')
