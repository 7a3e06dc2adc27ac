import type { FieldSchema } from '../fields/fieldSchema.ts'
import type { PageEditorQuery } from '../graphql/graphql.ts'

/** A kind of block, as the server describes it in the language of the person. */
export interface BlockKind {
  readonly type: string
  readonly label: string
  readonly purpose: string
  readonly form: FieldSchema
  readonly slots: readonly string[]
  readonly nests: boolean
  readonly atEnd: boolean
  /** Props of a new one. */
  readonly example: Readonly<Record<string, unknown>>
}

/** @param language of the page, in which new blocks begin */
export function kindsOf(blocks: PageEditorQuery['pageBlocks'], language: string): ReadonlyMap<string, BlockKind> {
  return new Map(
    blocks.map(({ exampleEn, exampleFr, form, ...kind }) => [
      kind.type,
      {
        ...kind,
        form: form as FieldSchema,
        example: ((language.startsWith('fr') ? exampleFr : exampleEn) ?? {}) as Readonly<Record<string, unknown>>,
      },
    ]),
  )
}
