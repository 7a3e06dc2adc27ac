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
import type { AnyBlock, Catalog } from './blocks/catalog.ts'
import type { PageContent } from './content.ts'
import { pagePublished } from './events.ts'
import type { FormToken } from './forms/formToken.ts'
import type { Submissions } from './forms/submissions.ts'
import { authorOf } from './history/author.ts'
import { keepRevision, publishRevision, publishRevisions } from './history/revisions.ts'
import type { Images } from './images/images.ts'
import { maxVariants, type PageChange, type PageInput, pageInputs, type VariantInput } from './page.ts'
import type { Previews } from './previews/previews.ts'
import type { PublishedPages } from './publishedPages.ts'
import type { AccessibilityReports } from './quality/accessibilityReports.ts'
import type { QualityChecks } from './quality/pageQuality.ts'
import { Rollouts } from './rollout/rollouts.ts'
import type { PageServer } from './servePage.ts'
import type { TokenSigner } from './signedToken.ts'

/** The service of the landing-pages plugin. */
export class Pages implements PageServer {
  readonly published: PublishedPages
  readonly tracking: Tracking
  readonly experiments: Experiments
  readonly images: Images
  readonly rollouts: Rollouts
  readonly quality: QualityChecks
  readonly accessibility: AccessibilityReports
  readonly submissions: Submissions
  readonly formTokens: TokenSigner<FormToken>
  readonly previews: Previews
  /** The kinds of blocks that pages are made of. */
  readonly catalog: Catalog
  readonly #publicUrl: string
  readonly #inputs: ReturnType<typeof pageInputs>

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, parts: PageServer & Pick<Pages, 'images' | 'previews' | 'quality' | 'accessibility'>) {
    this.#publicUrl = publicUrl
    this.published = parts.published
    this.tracking = parts.tracking
    this.experiments = parts.experiments
    this.images = parts.images
    this.rollouts = new Rollouts(parts.experiments, parts.published)
    this.quality = parts.quality
    this.accessibility = parts.accessibility
    this.submissions = parts.submissions
    this.formTokens = parts.formTokens
    this.previews = parts.previews
    this.catalog = parts.catalog
    this.#inputs = pageInputs(parts.catalog)
  }

  /**
   * Adds a kind of block that pages may be made of. Call it in the `setup` of your plugin.
   *
   * @example setup: ({ use }) => use(landingPages).addBlock(defineBlock({ type: 'Quote', … }))
   * @throws StartError for a type that another block has
   */
  addBlock(block: AnyBlock): void {
    this.catalog.add(block)
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

  /** The variant with its page. @throws NotFoundError */
  async getVariant(context: WorkspaceContext, id: string) {
    const variant = await context.db.prisma.pageVariant.findFirst({ where: { id }, include: { page: true } })
    if (!variant) throw new NotFoundError('variant', id)
    return variant
  }

  /** A draft. @throws InvalidInputError, ConflictError when the slug is taken */
  async create(context: WorkspaceContext, input: PageInput) {
    const { variants, ...fields } = checkInput(this.#inputs.page, input)
    const id = uuidv7()
    return context.transaction(async (tx) => {
      await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId)
      await tx.db.prisma.page.create({ data: { ...fields, id } })
      for (const [position, variant] of variants.entries()) await this.#addVariant(tx, id, { ...variant, position })
      const page = await this.get(tx, id)
      tx.audit({ resourceType: 'Page', resourceId: id, after: page })
      return page
    })
  }

  /**
   * Changes what editors see; visitors see it after {@link publish}. The list of variants, where given, replaces
   * the one before: what is not on it is archived, with its history.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError when the slug is taken
   */
  async update(context: WorkspaceContext, id: string, change: PageChange) {
    const { variants, ...fields } = checkInput(this.#inputs.change, change)
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (fields.slug && fields.slug !== before.slug) await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId ?? null)
      if (variants) await this.#replaceVariants(tx, id, variants)
      const after = await this.#change(tx, id, fields)
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      this.published.changed(tx, before.slug)
      this.published.changed(tx, after.slug)
      return after
    })
  }

  /** Adds a draft of another version to a page. @throws InvalidInputError, NotFoundError, ConflictError */
  async addVariant(context: WorkspaceContext, pageId: string, input: VariantInput) {
    const variant = checkInput(this.#inputs.variant, input)
    return context.transaction(async (tx) => {
      const page = await this.#lock(tx, pageId)
      const all = await tx.db.prisma.pageVariant.findMany({ where: { pageId }, select: { key: true } })
      if (all.some(({ key }) => key === variant.key))
        throw new ConflictError(
          `The page "${page.title}" has a variant "${variant.key}" already, perhaps an archived one. Choose another key, or change that one.`,
        )
      refuseTooMany(page.variants.length + 1)
      const position = Math.max(-1, ...page.variants.map(({ position }) => position)) + 1
      const id = await this.#addVariant(tx, pageId, { ...variant, position })
      const added = await this.getVariant(tx, id)
      tx.audit({ resourceType: 'PageVariant', resourceId: id, after: added })
      return added
    })
  }

  /** Changes what editors see of a variant. @throws InvalidInputError, NotFoundError, ConflictError for an archived one */
  async changeVariant(context: WorkspaceContext, id: string, input: { content: unknown }) {
    const { content } = checkInput(this.#inputs.content, input as { content: PageContent })
    return context.transaction(async (tx) => {
      const before = await this.#lockVariant(tx, id)
      if (before.status === 'archived')
        throw new ConflictError(
          `The variant "${before.key}" is archived. Restore a revision of it first: that brings it back.`,
        )
      return this.#write(tx, before, content)
    })
  }

  /** Takes a variant from the page and from visitors; its history stays. @throws NotFoundError, ConflictError */
  async archiveVariant(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      const before = await this.#lockVariant(tx, id)
      const page = await this.get(tx, before.pageId)
      if (page.variants.every((variant) => variant.id === id))
        throw new ConflictError(
          `The variant "${before.key}" is the only one of the page "${page.title}". Add another first, or archive the page.`,
        )
      if (before.published !== null && page.experimentId) {
        const experiment = await this.experiments.get(tx, page.experimentId)
        if (experiment.status !== 'completed' && experiment.variants.some(({ key }) => key === before.key))
          throw new ConflictError(
            `The experiment "${experiment.name}" shows the variant "${before.key}". Complete it, or choose another experiment for the page, first.`,
          )
      }
      await tx.db.query(
        sql`update "PageVariant" set "status" = 'archived', "published" = null, "publishedRevisionId" = null where "id" = ${id}`,
      )
      const after = await this.getVariant(tx, id)
      tx.audit({ resourceType: 'PageVariant', resourceId: id, before, after })
      this.published.changed(tx, page.slug)
      return after
    })
  }

  /**
   * Brings the content of a revision back to the editors, as a new revision; visitors see it after
   * {@link publish}. An archived variant comes back with it.
   *
   * @throws NotFoundError, ConflictError when a block of it does not exist any more
   */
  async restore(context: WorkspaceContext, revisionId: string) {
    return context.transaction(async (tx) => {
      const { number, variantId, ...revision } = await this.#revision(tx, revisionId)
      const before = await this.#lockVariant(tx, variantId)
      const parsed = this.#inputs.content.safeParse({ content: revision.content })
      if (!parsed.success)
        throw new ConflictError(
          `Revision ${number} of the variant "${before.key}" cannot be restored: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}.`,
        )
      if (before.status === 'archived')
        refuseTooMany(
          1 + (await tx.db.prisma.pageVariant.count({ where: { pageId: before.pageId, status: { not: 'archived' } } })),
        )
      return this.#write(tx, before, parsed.data.content, number)
    })
  }

  /**
   * Shows visitors a revision that they saw before, at once. What editors are working on stays as it is.
   *
   * @throws NotFoundError, ConflictError for one that was never published, and while the page is not public
   */
  async rollBack(context: WorkspaceContext, revisionId: string) {
    return context.transaction(async (tx) => {
      const { number, variantId, publishedAt } = await this.#revision(tx, revisionId)
      const before = await this.#lockVariant(tx, variantId)
      if (publishedAt === null)
        throw new ConflictError(
          `Revision ${number} of the variant "${before.key}" was never published. Restore it, look at it, then publish the page.`,
        )
      if (before.page.status !== 'active' || before.status !== 'active')
        throw new ConflictError(
          `The variant "${before.key}" is not public. Restore revision ${number} and publish the page.`,
        )
      await publishRevision(tx, variantId, revisionId)
      const after = await this.getVariant(tx, variantId)
      tx.audit({ resourceType: 'PageVariant', resourceId: variantId, before, after })
      await tx.publish(pagePublished, { pageId: before.pageId })
      this.published.changed(tx, before.page.slug)
      return after
    })
  }

  /**
   * Makes the page's content what visitors see.
   *
   * @throws NotFoundError, ConflictError when its experiment has a variant without content, InvalidInputError for what
   * would be broken: content that no longer fits its blocks, links within the site that lead nowhere, images that are gone
   */
  async publish(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.experimentId) {
        const experiment = await this.experiments.get(tx, before.experimentId)
        const missing = experiment.variants.filter(({ key }) => !before.variants.some((variant) => variant.key === key))
        if (missing.length > 0)
          throw new ConflictError(
            `The experiment "${experiment.name}" has variants without content on this page: ${missing.map(({ key }) => key).join(', ')}. Add them to the page, or choose another experiment.`,
          )
      }
      await this.quality.refuseBroken(tx, before)
      await publishRevisions(tx, id)
      const after = await this.#change(tx, id, { status: 'active', publishedAt: tx.clock.now() })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      await tx.publish(pagePublished, { pageId: id })
      this.published.changed(tx, after.slug)
      return after
    })
  }

  /** Takes the page from the public; its address answers 404. @throws NotFoundError */
  async archive(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      const after = await this.#change(tx, id, { status: 'archived' })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      this.published.changed(tx, after.slug)
      return after
    })
  }

  async #addVariant(
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
          new NotFoundError('variant', parentVariantId).message,
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
      },
    })
    await keepRevision(tx, { variantId: id, after: content })
    return id
  }

  async #replaceVariants(
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
      if (!before) await this.#addVariant(tx, pageId, { ...variant, position })
      else {
        await this.#write(tx, before, variant.content)
        await tx.db.prisma.pageVariant.updateMany({ where: { id: before.id }, data: { position } })
      }
    }
  }

  /** Puts a content before the editors and keeps it in the history. */
  async #write(
    tx: WorkspaceContext,
    before: { id: string; status: string; content: unknown; published: unknown },
    content: PageContent,
    restoredFrom?: number,
  ) {
    const { id } = before
    const back = before.published === null ? 'draft' : 'active'
    await tx.db.prisma.pageVariant.updateMany({
      where: { id },
      data: { content: content as object, ...(before.status === 'archived' ? { status: back } : {}) },
    })
    await keepRevision(tx, {
      variantId: id,
      before: before.content as PageContent,
      after: content,
      ...(restoredFrom === undefined ? {} : { restoredFrom }),
    })
    const after = await this.getVariant(tx, id)
    tx.audit({ resourceType: 'PageVariant', resourceId: id, before, after })
    return after
  }

  async #revision(tx: WorkspaceContext, id: string) {
    const revision = await tx.db.prisma.pageRevision.findFirst({ where: { id } })
    if (!revision) throw new NotFoundError('revision', id)
    return revision
  }

  /** The page as it is, held until the transaction ends. */
  async #lock(tx: WorkspaceContext, id: string) {
    await tx.db.query(sql`select 1 from "Page" where "id" = ${id} for update`)
    return this.get(tx, id)
  }

  /** The variant as it is; its page is held until the transaction ends. */
  async #lockVariant(tx: WorkspaceContext, id: string) {
    const { pageId } = await this.getVariant(tx, id)
    await tx.db.query(sql`select 1 from "Page" where "id" = ${pageId} for update`)
    return this.getVariant(tx, id)
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

/** What the page is made of now; archived variants are history. */
const withVariants = { variants: { where: { status: { not: 'archived' } }, orderBy: { position: 'asc' } } } as const

function refuseTooMany(count: number): void {
  if (count > maxVariants)
    throw new ConflictError(`A page has at most ${maxVariants} variants. Archive one that lost before you add another.`)
}

async function refuseTakenSlug(tx: WorkspaceContext, slug: string): Promise<void> {
  // Held to the end of the transaction, so that of two who take the same slug at once the second gets this message.
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`page ${tx.workspaceId} ${slug}`}, 0))`)
  const taken = await tx.db.query(sql`select 1 from "Page" where "slug" = ${slug}`)
  if (taken.length > 0)
    throw new ConflictError(`The slug "${slug}" belongs to another page of this workspace. Choose another slug.`)
}
