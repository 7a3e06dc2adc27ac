import { z } from 'zod'
import { text } from './blocks/block.ts'
import { pageContent } from './content.ts'

export const slug = z
  .string()
  .max(80, 'has more than 80 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'takes lower-case letters, digits and single hyphens, such as "spring-offer"')

export const variantInput = z.object({ key: slug, content: pageContent })

export const pageInput = z.object({
  slug,
  title: text(120),
  language: z
    .string()
    .refine((tag) => isLanguage(tag), 'is not a language tag, such as "en" or "fr-CA"')
    .default('en'),
  experimentId: z.uuid('is not the id of an experiment').nullable().default(null),
  variants: z
    .array(variantInput)
    .min(1, 'has no variant')
    .max(20, 'has more than 20 variants')
    .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'has two variants with the same key'),
})

export const pageChange = pageInput.partial()

export type PageInput = z.input<typeof pageInput>
export type PageChange = z.input<typeof pageChange>

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
