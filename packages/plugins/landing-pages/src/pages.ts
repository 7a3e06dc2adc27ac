import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { pagePublished } from './events.ts'
import type { Images } from './images/images.ts'
import { type PageChange, type PageInput, pageChange, pageInput } from './page.ts'
import type { PublishedPages } from './publishedPages.ts'
import type { PageServer } from './servePage.ts'

/** The service of the landing-pages plugin. */
export class Pages implements PageServer {
  readonly published: PublishedPages
  readonly tracking: Tracking
  readonly experiments: Experiments
  readonly images: Images
  readonly #publicUrl: string

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, parts: PageServer & { readonly images: Images }) {
    this.#publicUrl = publicUrl
    this.published = parts.published
    this.tracking = parts.tracking
    this.experiments = parts.experiments
    this.images = parts.images
  }

  /** Where visitors find a page. */
  async address(context: SqlContext, slug: string): Promise<string> {
    const [workspace] = await context.db.query<{ slug: string }>(sql`select "slug" from "Workspace"`)
    return `${this.#publicUrl}/p/${workspace?.slug}/${slug}`
  }

  /** @throws NotFoundError */
  async get(context: WorkspaceContext, id: string) {
    const page = await context.db.prisma.page.findFirst({ where: { id }, include: withVariants })
    if (!page) throw new NotFoundError('page', id)
    return page
  }

  /** A draft. @throws InvalidInputError, ConflictError when the slug is taken */
  async create(context: WorkspaceContext, input: PageInput) {
    const { variants, ...fields } = checkInput(pageInput, input)
    const id = uuidv7()
    return context.transaction(async (tx) => {
      await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId)
      const page = await tx.db.prisma.page.create({
        data: { ...fields, id, variants: { create: inOrder(variants) } },
        include: withVariants,
      })
      tx.audit({ resourceType: 'Page', resourceId: id, after: page })
      return page
    })
  }

  /**
   * Changes what editors see; visitors see it after {@link publish}. The list of variants, where given,
   * replaces the one before: variants keep what is published under their key.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError when the slug is taken
   */
  async update(context: WorkspaceContext, id: string, change: PageChange) {
    const { variants, ...fields } = checkInput(pageChange, change)
    const { before, after } = await context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (fields.slug && fields.slug !== before.slug) await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId ?? null)
      if (variants) await replaceVariants(tx, id, before.variants, variants)
      const after = await this.#change(tx, id, fields)
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      return { before, after }
    })
    this.published.forget(context, before.slug)
    this.published.forget(context, after.slug)
    return after
  }

  /**
   * Makes the page's content what visitors see.
   *
   * @throws NotFoundError, ConflictError when its experiment has a variant without content
   */
  async publish(context: WorkspaceContext, id: string) {
    const page = await context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.experimentId) {
        const experiment = await this.experiments.get(tx, before.experimentId)
        const missing = experiment.variants.filter(({ key }) => !before.variants.some((variant) => variant.key === key))
        if (missing.length > 0)
          throw new ConflictError(
            `The experiment "${experiment.name}" has variants without content on this page: ${missing.map(({ key }) => key).join(', ')}. Add them to the page, or choose another experiment.`,
          )
      }
      await tx.db.query(sql`update "PageVariant" set "published" = "content" where "pageId" = ${id}`)
      const after = await this.#change(tx, id, { status: 'active', publishedAt: tx.clock.now() })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      await tx.publish(pagePublished, { pageId: id })
      return after
    })
    this.published.forget(context, page.slug)
    return page
  }

  /** Takes the page from the public; its address answers 404. @throws NotFoundError */
  async archive(context: WorkspaceContext, id: string) {
    const page = await context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      const after = await this.#change(tx, id, { status: 'archived' })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      return after
    })
    this.published.forget(context, page.slug)
    return page
  }

  /** The page as it is, held until the transaction ends. */
  async #lock(tx: WorkspaceContext, id: string) {
    await tx.db.query(sql`select 1 from "Page" where "id" = ${id} for update`)
    return this.get(tx, id)
  }

  async #change(tx: WorkspaceContext, id: string, data: object) {
    return tx.db.prisma.page.update({
      where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
      data,
      include: withVariants,
    })
  }

  async #checkExperiment(tx: WorkspaceContext, experimentId: string | null): Promise<void> {
    if (experimentId === null) return
    await this.experiments.get(tx, experimentId).catch((error) => {
      throw error instanceof NotFoundError
        ? InvalidInputError.of('input.experimentId', 'NOT_FOUND', error.message)
        : error
    })
  }
}

const withVariants = { variants: { orderBy: { position: 'asc' } } } as const

function inOrder<V extends object>(variants: readonly V[]): (V & { position: number })[] {
  return variants.map((variant, position) => ({ ...variant, position }))
}

async function replaceVariants(
  tx: WorkspaceContext,
  pageId: string,
  before: readonly { id: string; key: string }[],
  after: readonly { key: string; content: object }[],
): Promise<void> {
  const gone = before.filter(({ key }) => !after.some((variant) => variant.key === key))
  await tx.db.prisma.pageVariant.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } })
  for (const { key, content, position } of inOrder(after))
    await tx.db.prisma.pageVariant.upsert({
      where: { workspaceId_pageId_key: { workspaceId: tx.workspaceId, pageId, key } },
      create: { pageId, key, content, position },
      update: { content, position },
    })
}

async function refuseTakenSlug(tx: WorkspaceContext, slug: string): Promise<void> {
  // Held to the end of the transaction, so that of two who take the same slug at once the second gets this message.
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`page ${tx.workspaceId} ${slug}`}, 0))`)
  const taken = await tx.db.query(sql`select 1 from "Page" where "slug" = ${slug}`)
  if (taken.length > 0)
    throw new ConflictError(`The slug "${slug}" belongs to another page of this workspace. Choose another slug.`)
}
