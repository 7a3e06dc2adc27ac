import { ConflictError, InvalidInputError, NotFoundError, sql, type WorkspaceContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { PageContent } from './content.ts'
import { pageChanged } from './events.ts'
import { authorOf } from './history/author.ts'
import { keepRevision } from './history/revisions.ts'
import { maxVariants } from './page.ts'

/** What a page is made of now, in order; archived variants are history. */
export const notArchived = { where: { status: { not: 'archived' } }, orderBy: { position: 'asc' } } as const

/** The variant with its page. @throws NotFoundError */
export async function getVariant(context: WorkspaceContext, id: string) {
  const variant = await context.db.prisma.pageVariant.findFirst({ where: { id }, include: { page: true } })
  if (!variant) throw new NotFoundError('variant', id)
  return variant
}

/** The variant as it is; its page is held until the transaction ends. */
export async function lockVariant(tx: WorkspaceContext, id: string) {
  const { pageId } = await getVariant(tx, id)
  await tx.db.query(sql`select 1 from "Page" where "id" = ${pageId} for update`)
  return getVariant(tx, id)
}

/** The page, held until the transaction ends. */
export async function lockPage(tx: WorkspaceContext, id: string) {
  await tx.db.query(sql`select 1 from "Page" where "id" = ${id} for update`)
  const page = await tx.db.prisma.page.findFirst({ where: { id }, include: { variants: notArchived } })
  if (!page) throw new NotFoundError('page', id)
  return page
}

/** Writes a new variant and its first revision, in a transaction that holds the page. @returns its id */
export async function appendVariant(
  tx: WorkspaceContext,
  pageId: string,
  variant: { key: string; content: PageContent; position: number; parentVariantId?: string | null | undefined },
): Promise<string> {
  const { key, content, position, parentVariantId = null } = variant
  if (parentVariantId) {
    const parent = await tx.db.prisma.pageVariant.findFirst({ where: { id: parentVariantId }, select: { id: true } })
    if (!parent)
      throw InvalidInputError.of(
        'input.parentVariantId',
        'NOT_FOUND',
        new NotFoundError('variant', parentVariantId).told,
      )
  }
  const id = uuidv7()
  const { type, id: authorId, name } = authorOf(tx.principal)
  await tx.db.prisma.pageVariant.create({
    data: {
      id,
      pageId,
      key,
      position,
      parentVariantId,
      content: content as object,
      createdByType: type,
      createdById: authorId,
      createdByName: name,
      createdAt: tx.clock.now(),
    },
  })
  await keepRevision(tx, { variantId: id, after: content })
  return id
}

/** Makes these the variants of a page, in a transaction that holds it; others are archived. */
export async function replaceVariants(
  tx: WorkspaceContext,
  pageId: string,
  variants: readonly { key: string; content: PageContent; parentVariantId?: string | null | undefined }[],
): Promise<void> {
  const known = await tx.db.prisma.pageVariant.findMany({ where: { pageId } })
  const gone = known.filter(({ key }) => !variants.some((variant) => variant.key === key))
  await tx.db.prisma.pageVariant.updateMany({
    where: { id: { in: gone.map(({ id }) => id) } },
    data: { status: 'archived' },
  })
  for (const [position, variant] of variants.entries()) {
    const before = known.find(({ key }) => key === variant.key)
    if (!before) await appendVariant(tx, pageId, { ...variant, position })
    else {
      await writeContent(tx, before, variant.content)
      await tx.db.prisma.pageVariant.updateMany({ where: { id: before.id }, data: { position } })
    }
  }
}

/** Puts a content before the editors and keeps it in the history. */
export async function writeContent(
  tx: WorkspaceContext,
  before: { id: string; status: string; content: unknown; published: unknown },
  content: PageContent,
  restoredFrom?: number,
) {
  const { id } = before
  const back = before.published === null ? 'draft' : 'active'
  const changed = await keepRevision(tx, {
    variantId: id,
    before: before.content as PageContent,
    after: content,
    ...(restoredFrom === undefined ? {} : { restoredFrom }),
  })
  await tx.db.prisma.pageVariant.updateMany({
    where: { id },
    data: {
      content: content as object,
      ...(before.status === 'archived' ? { status: back } : {}),
      // Who saves what is there already takes nothing from those who edit it at the same time.
      ...(changed ? { version: { increment: 1 } } : {}),
    },
  })
  const after = await getVariant(tx, id)
  tx.audit({ resourceType: 'PageVariant', resourceId: id, before, after })
  tx.announce(pageChanged, after.pageId, null)
  return after
}

/** @throws ConflictError for more than a page has */
export function refuseTooMany(count: number): void {
  if (count > maxVariants)
    throw new ConflictError({
      en: `A page has at most ${maxVariants} variants. Archive one that lost before you add another.`,
      fr: `Une page a au plus ${maxVariants} variantes. Archivez-en une qui a perdu avant d’en ajouter.`,
    })
}
