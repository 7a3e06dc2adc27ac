import { usePage } from '@espalier/admin-kit'
import { useMemo } from 'react'
import type { PageEditorQuery } from '../graphql/graphql.ts'
import { editorPage } from '../pages.ts'
import { kindsOf } from './kinds.ts'
import { VariantEditor } from './VariantEditor.tsx'

/** A page as the editor asks for it. */
export type EditedPage = Extract<NonNullable<PageEditorQuery['node']>, { __typename: 'Page' }>
export type EditedVariant = EditedPage['variants'][number]

/** The variant that the address names, or the first. */
export function PageEditor({
  page,
  blocks,
  styles,
}: {
  page: EditedPage
  blocks: PageEditorQuery['pageBlocks']
  styles: string
}) {
  const { search } = usePage(editorPage)
  const kinds = useMemo(() => kindsOf(blocks, page.language), [blocks, page.language])
  const variant = page.variants.find(({ key }) => key === search.variant) ?? page.variants[0]
  if (!variant) return null
  return <VariantEditor key={variant.id} page={page} variant={variant} kinds={kinds} styles={styles} />
}
