import { NotFoundError, sql, type WorkspaceContext } from '@espalier/core'
import type { PageContent } from '../content.ts'
import type { Loop, Run } from './run.ts'
import type { LoopPage } from './turn.ts'

/** A page with the variants that are not archived, in order. @throws NotFoundError */
export async function readPage(context: WorkspaceContext, pageId: string): Promise<LoopPage> {
  const page = await context.db.prisma.page.findFirst({
    where: { id: pageId },
    include: {
      variants: {
        where: { status: { not: 'archived' } },
        orderBy: { position: 'asc' },
        select: { id: true, key: true, published: true },
      },
    },
  })
  if (!page) throw new NotFoundError('page', pageId)
  return page as unknown as LoopPage
}

/** The page, held until the transaction ends. @throws NotFoundError */
export async function lockPage(tx: WorkspaceContext, pageId: string): Promise<LoopPage> {
  await tx.db.query(sql`select 1 from "Page" where "id" = ${pageId} for update`)
  return readPage(tx, pageId)
}

/** How a page improves itself; undefined where it never did. */
export async function readLoop(context: WorkspaceContext, pageId: string): Promise<Loop | undefined> {
  return (await context.db.prisma.pageLoop.findFirst({ where: { pageId } })) ?? undefined
}

/** The same of many pages, read together. @returns by the page's id */
export async function readLoops(
  context: WorkspaceContext,
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, Loop>> {
  const loops = await context.db.prisma.pageLoop.findMany({ where: { pageId: { in: [...pageIds] } } })
  return new Map(loops.map((loop) => [loop.pageId, loop]))
}

/** @throws NotFoundError */
export async function getLoop(context: WorkspaceContext, pageId: string): Promise<Loop> {
  const loop = await readLoop(context, pageId)
  if (!loop) throw new NotFoundError('improvement of the page', pageId)
  return loop
}

/** The turn that comes next: one that was begun before one that waits, older ones before younger ones. */
export async function nextRun(context: WorkspaceContext): Promise<Run | undefined> {
  const run = await context.db.prisma.pageLoopRun.findFirst({
    where: { status: { in: ['waiting', 'running'] } },
    // The order of the enum: waiting, running.
    orderBy: [{ status: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }],
  })
  return run ?? undefined
}

/**
 * What visitors have seen of a page in each of its variants, the archived ones among them: the latest that was published.
 *
 * @returns variant id → content
 */
export async function readShownVersions(
  context: WorkspaceContext,
  pageId: string,
): Promise<ReadonlyMap<string, PageContent>> {
  const rows = await context.db.query<{ variantId: string; content: PageContent }>(sql`
    select distinct on (r."variantId") r."variantId", r."content"
    from "PageRevision" r join "PageVariant" v on v."workspaceId" = r."workspaceId" and v."id" = r."variantId"
    where v."pageId" = ${pageId} and r."publishedAt" is not null
    order by r."variantId", r."publishedAt" desc, r."number" desc`)
  return new Map(rows.map(({ variantId, content }) => [variantId, content]))
}
