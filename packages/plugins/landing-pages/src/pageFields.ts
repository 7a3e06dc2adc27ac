import { NotFoundError, prepared, type Row, type WorkspaceContext } from '@espalier/core'

/** What a page says of itself, without what its variants show. */
type PageFields = Pick<Row<'Page'>, 'slug' | 'title' | 'language' | 'experimentId'>

/** A page without its variants, held until the transaction ends. @throws NotFoundError */
export async function lockFields(tx: WorkspaceContext, id: string): Promise<Row<'Page'>> {
  const [page] = await tx.db.query<Row<'Page'>>(lockPage(id))
  if (!page) throw new NotFoundError('page', id)
  return page
}

/** Changes the fields that are given and counts the page's version on. @returns the page as it is now, without its variants */
export async function changeFields(
  tx: WorkspaceContext,
  id: string,
  { slug, title, language, experimentId }: { readonly [Name in keyof PageFields]?: PageFields[Name] | undefined },
): Promise<Row<'Page'>> {
  const [page] = await tx.db.query<Row<'Page'>>(
    changePage(id, slug ?? null, title ?? null, language ?? null, experimentId !== undefined, experimentId ?? null),
  )
  if (!page) throw new NotFoundError('page', id)
  return page
}

// By name: a statement that is prepared fails once a table has a column more.
const columns =
  '"workspaceId", "id", "slug", "title", "language", "status", "experimentId", "version", "createdAt", "updatedAt", "publishedAt"'

const lockPage = prepared('pages_lock', `select ${columns} from "Page" where "id" = $1 for update`)

const changePage = prepared(
  'pages_change',
  `update "Page" set "slug" = coalesce($2, "slug"), "title" = coalesce($3, "title"), "language" = coalesce($4, "language"),
     "experimentId" = case when $5 then $6::uuid else "experimentId" end, "version" = "version" + 1, "updatedAt" = now()
   where "id" = $1 returning ${columns}`,
)
