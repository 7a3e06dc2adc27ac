import { said, type Told } from '@espalier/core'
import type { HtmlEscapedString } from 'hono/utils/html'
import { z } from 'zod'
import { described } from './fieldWords.ts'
import type { Rendering } from './rendering.ts'

/** Markup in which everything that people wrote has been escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** A kind of block that pages are made of. */
export interface Block<Props = unknown> {
  /** As in Puck's `type`: "Hero". */
  readonly type: string
  /** What it is for, in a sentence: for editors and for whatever writes pages. */
  readonly description: string
  /** What people call it. Default: its type. */
  readonly label?: Told
  /** What it is for, as people are told while they edit a page. Default: its description. */
  readonly purpose?: Told
  /**
   * Props for a new one, which people then write over. Default: as few as its schema takes.
   *
   * @param language of the page, BCP 47
   */
  readonly example?: (language: string) => NoInfer<Props>
  readonly props: z.ZodType<Props>
  /** CSS that travels only in pages with this block. Colors come from the variables in styles.ts. */
  readonly styles?: string
  /** Places for blocks within it, by name: in Puck, its fields of type `slot`. */
  readonly slots?: (props: Props) => readonly string[]
  /** Every name that its slots may have, where that depends on its props. Default: the slots of its example. */
  readonly slotNames?: readonly string[]
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
  return shortText(max).refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))
}

/** Text that may be empty. */
export function shortText(max: number) {
  const schema = z
    .string()
    .trim()
    .refine(
      (value) => value.length <= max,
      said({
        en: `has more than ${max.toLocaleString('en')} characters`,
        fr: `dépasse ${max.toLocaleString('en')} caractères`,
      }),
    )
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      said({
        en: 'has a NUL character or half of a surrogate pair',
        fr: 'contient un caractère NUL ou une moitié de paire de substitution',
      }),
    )
  return described(schema, { maxLength: max, ...(max > 400 ? { input: 'text' } : {}) })
}

/** A list of at most `max` items. */
export function listOf<Item extends z.ZodType>(item: Item, max: number) {
  const schema = z
    .array(item)
    .refine((items) => items.length <= max, said({ en: `has more than ${max} items`, fr: `a plus de ${max} éléments` }))
  return described(schema, { maxItems: max })
}

/** A list of 1 to `max` items. */
export function someOf<Item extends z.ZodType>(item: Item, max: number) {
  return listOf(item, max).refine((items) => items.length > 0, said({ en: 'is empty', fr: 'est vide' }))
}

/** Where a link may lead: a web address, mail, telephone, or a place on this site. Scripts and data are refused. */
export const link = described(
  shortText(2_000).refine(
    (value) => /^(https?:\/\/|mailto:|tel:|\/(?![/\\])|#)/i.test(value) && !/[\s\\]/.test(value),
    said({
      en: 'must start with https://, http://, mailto:, tel:, / or #, and have no space or backslash',
      fr: 'doit commencer par https://, http://, mailto:, tel:, / ou #, sans espace ni barre oblique inversée',
    }),
  ),
  {
    label: { en: 'Link', fr: 'Lien' },
    hint: {
      en: 'A web address, a page of this site such as /p/…, a place on this page such as #offer, mailto: or tel:.',
      fr: 'Une adresse web, une page de ce site comme /p/…, un endroit de cette page comme #offre, mailto: ou tel:.',
    },
    input: 'link',
  },
)

/** Id of a block within its page, for links such as `#offer`. */
export const anchor = described(
  z.string().regex(
    /^[a-z][a-z0-9-]{0,40}$/,
    said({
      en: 'takes lower-case letters, digits and hyphens, and starts with a letter',
      fr: 'n’admet que minuscules, chiffres et tirets, et commence par une lettre',
    }),
  ),
  {
    label: { en: 'Anchor', fr: 'Ancre' },
    hint: {
      en: 'A name for this place, so that links such as #offer lead here.',
      fr: 'Un nom pour cet endroit, pour que des liens comme #offre y mènent.',
    },
    input: 'anchor',
    maxLength: 41,
  },
)

/** Name of a goal or of a click, as it shows in reports. */
export const eventName = described(
  shortText(64).regex(
    /^[\w][\w .:-]*$/,
    said({ en: 'takes letters, digits, spaces and _ . : -', fr: 'n’admet que lettres, chiffres, espaces et _ . : -' }),
  ),
  {
    label: { en: 'Goal', fr: 'Objectif' },
    hint: {
      en: 'The name under which reports and experiments count it, such as "signup".',
      fr: 'Le nom sous lequel les rapports et les expériences le comptent, comme « signup ».',
    },
    input: 'eventName',
  },
)
