import { said } from '@espalier/core'
import { z } from 'zod'
import { someOf, text } from './blocks/block.ts'
import type { Catalog } from './blocks/catalog.ts'
import { pageContent } from './content.ts'

/** Variants of a page that are not archived. */
export const maxVariants = 20

export const slug = z
  .string()
  .refine((value) => value.length <= 80, said({ en: 'has more than 80 characters', fr: 'dépasse 80 caractères' }))
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    said({
      en: 'takes lower-case letters, digits and single hyphens, such as "spring-offer"',
      fr: 'n’admet que minuscules, chiffres et tirets simples, comme « offre-printemps »',
    }),
  )

/** The schemas of what people write, whose contents are made of a catalog's blocks. */
export function pageInputs(catalog: Catalog) {
  const content = pageContent(catalog)
  const parentVariantId = z
    .uuid(said({ en: 'is not the id of a variant', fr: 'n’est pas l’identifiant d’une variante' }))
    .nullable()
    .optional()
  const variant = z.object({ key: slug, content, parentVariantId })
  const language = z.string().refine(
    (tag) => isLanguage(tag),
    said({
      en: 'is not a language tag, such as "en" or "fr-CA"',
      fr: 'n’est pas un code de langue, tel que « en » ou « fr-CA »',
    }),
  )
  const experimentId = z
    .uuid(said({ en: 'is not the id of an experiment', fr: 'n’est pas l’identifiant d’une expérience' }))
    .nullable()
  // Without defaults, which Zod fills in on a partial too: a new title would take the page off its experiment.
  const written = z.object({
    slug,
    title: text(120),
    language,
    experimentId,
    variants: someOf(variant, maxVariants).refine(
      (list) => new Set(list.map(({ key }) => key)).size === list.length,
      said({ en: 'has two variants with the same key', fr: 'a deux variantes de même clé' }),
    ),
  })
  const page = written.extend({ language: language.default('en'), experimentId: experimentId.default(null) })
  return { content: z.object({ content }), key: z.object({ key: slug }), variant, page, change: written.partial() }
}

type Inputs = ReturnType<typeof pageInputs>
export type PageInput = z.input<Inputs['page']>
export type PageChange = z.input<Inputs['change']>
export type VariantInput = z.input<Inputs['variant']>

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
