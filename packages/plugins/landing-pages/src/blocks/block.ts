import type { HtmlEscapedString } from 'hono/utils/html'
import { z } from 'zod'

/** Markup in which everything that people wrote has been escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** A kind of block that pages are made of. */
export interface Block<Props = unknown> {
  /** As in Puck's `type`: "Hero". */
  readonly type: string
  readonly props: z.ZodType<Props>
  readonly render: (props: Props) => Markup
}

/**
 * @example
 * export const quote = defineBlock('Quote', z.object({ text: text(500) }), ({ text }) => html`<blockquote>${text}</blockquote>`)
 */
export function defineBlock<Props>(
  type: string,
  props: z.ZodType<Props>,
  render: (props: NoInfer<Props>) => Markup,
): Block<Props> {
  return { type, props, render }
}

// Lengths are refinements, not zod's own `.min()` and `.max()`: those also run on an object with a `length` of its
// own, and break on it.

/** Plain text of at most `max` characters. */
export function text(max: number) {
  return shortText(max).refine((value) => value.length > 0, 'is empty')
}

function shortText(max: number) {
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
