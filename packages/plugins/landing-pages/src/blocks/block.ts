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

/** Plain text of at most `max` characters. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(max, `has more than ${max.toLocaleString('en')} characters`)
}

/** Where a link may lead: a web address, mail, telephone, or a place on this site. Scripts and data are refused. */
export const link = z
  .string()
  .trim()
  .max(2_000, 'has more than 2,000 characters')
  .refine(
    (value) => /^(https?:\/\/|mailto:|tel:|\/(?![/\\])|#)/i.test(value) && !/[\s\\]/.test(value),
    'must start with https://, http://, mailto:, tel:, / or #, and have no space or backslash',
  )

/** Id of a block within its page, for links such as `#offer`. */
export const anchor = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'takes lower-case letters, digits and hyphens, and starts with a letter')

/** Name of a goal or of a click, as it shows in reports. */
export const eventName = z
  .string()
  .trim()
  .max(64, 'has more than 64 characters')
  .regex(/^[\w][\w .:-]*$/, 'takes letters, digits, spaces and _ . : -')
