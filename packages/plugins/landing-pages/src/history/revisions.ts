import { isDeepStrictEqual } from 'node:util'
import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { PageContent } from '../content.ts'
import { authorOf } from './author.ts'
import { changesBetween } from './changes.ts'

/** A variant whose content may have changed. Its page is locked, so revisions are written one after the other. */
export interface Written {
  readonly variantId: string
  readonly before?: PageContent | undefined
  readonly after: PageContent
  /** Number of the revision that came back. */
  readonly restoredFrom?: number
}

/** Keeps what was written as the next revision, unless nothing has changed. @returns whether anything has */
export async function keepRevision(tx: SqlContext, written: Written): Promise<boolean> {
  const { variantId, before, restoredFrom = null } = written
  const after = JSON.parse(JSON.stringify(written.after)) as PageContent
  if (before && isDeepStrictEqual(before, after)) return false
  const { type, id, name } = authorOf(tx.principal)
  const changes = JSON.stringify(changesBetween(before, after))
  await tx.db.query(sql`
    insert into "PageRevision"
      ("id", "variantId", "number", "content", "changes", "authorType", "authorId", "authorName", "restoredFrom", "createdAt")
    select ${uuidv7()}, ${variantId}, coalesce(max("number"), 0) + 1, ${JSON.stringify(after)}::jsonb, ${changes}::jsonb,
      ${type}::"PageAuthorType", ${id}, ${name}, ${restoredFrom}::int, ${tx.clock.now()}
    from "PageRevision" where "variantId" = ${variantId}`)
  return true
}

/** Makes the newest revision of each of a page's variants what visitors see; archived ones are taken from them. */
export async function publishRevisions(tx: SqlContext, pageId: string): Promise<void> {
  await tx.db.query(sql`
    update "PageVariant" v set "published" = v."content", "status" = 'active', "publishedRevisionId" = r."id"
    from "PageRevision" r
    where v."pageId" = ${pageId} and v."status" <> 'archived'
      and r."workspaceId" = v."workspaceId" and r."variantId" = v."id"
      and r."number" = (select max("number") from "PageRevision" n where n."workspaceId" = v."workspaceId" and n."variantId" = v."id")`)
  await tx.db.query(sql`
    update "PageVariant" set "published" = null, "publishedRevisionId" = null
    where "pageId" = ${pageId} and "status" = 'archived'`)
  await tx.db.query(sql`
    update "PageRevision" r set "publishedAt" = ${tx.clock.now()}
    from "PageVariant" v
    where v."pageId" = ${pageId} and r."workspaceId" = v."workspaceId" and r."id" = v."publishedRevisionId"`)
}

/** Shows visitors a revision, whatever editors are working on. */
export async function publishRevision(tx: SqlContext, variantId: string, revisionId: string): Promise<void> {
  await tx.db.query(sql`
    update "PageVariant" v set "published" = r."content", "publishedRevisionId" = r."id"
    from "PageRevision" r
    where v."id" = ${variantId} and r."workspaceId" = v."workspaceId" and r."variantId" = v."id" and r."id" = ${revisionId}`)
  await tx.db.query(sql`update "PageRevision" set "publishedAt" = ${tx.clock.now()} where "id" = ${revisionId}`)
}
