import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type SqlContext,
  sql,
  type TokenSigner,
  type WorkspaceContext,
} from '@espalier/core'
import { type Experiments, shownVariants } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import type { AnyBlock, Catalog } from './blocks/catalog.ts'
import { pageChanged, pagePublished } from './events.ts'
import type { FormToken } from './forms/formToken.ts'
import type { SubmissionKeeper } from './forms/retention.ts'
import type { SubmissionExport } from './forms/submissionExport.ts'
import type { Submissions } from './forms/submissions.ts'
import { publishRevisions } from './history/revisions.ts'
import type { Images } from './images/images.ts'
import { createLoops, type LoopsParts } from './loop/createLoops.ts'
import type { PageLoops } from './loop/loops.ts'
import { type UndecidedStep, undecidedSteps } from './loop/undecided.ts'
import { type PageChange, type PageInput, pageInputs } from './page.ts'
import { changeFields, lockFields } from './pageFields.ts'
import type { Previews } from './previews/previews.ts'
import type { Proposals } from './previews/proposals.ts'
import type { PublishedPages } from './publishedPages.ts'
import type { AccessibilityReports } from './quality/accessibilityReports.ts'
import type { QualityChecks } from './quality/pageQuality.ts'
import type { RememberedVariants } from './rememberedVariants.ts'
import { Rollouts } from './rollout/rollouts.ts'
import type { PageServer } from './servePage.ts'
import { appendVariant, notArchived, replaceVariants } from './variantRows.ts'
import { Variants } from './variants.ts'

/** The service of the landing-pages plugin. */
export class Pages implements PageServer, SubmissionKeeper {
  readonly published: PublishedPages
  readonly tracking: Tracking
  readonly experiments: Experiments
  readonly remembered: RememberedVariants
  readonly images: Images
  readonly rollouts: Rollouts
  readonly quality: QualityChecks
  readonly accessibility: AccessibilityReports
  readonly submissions: Submissions
  readonly submissionExport: SubmissionExport
  readonly submissionRetentionDays: SubmissionKeeper['submissionRetentionDays']
  readonly formTokens: TokenSigner<FormToken>
  readonly previews: Previews
  readonly proposals: Proposals
  readonly variants: Variants
  /** Pages that improve themselves. */
  readonly loops: PageLoops
  /** The kinds of blocks that pages are made of. */
  readonly catalog: Catalog
  readonly #publicUrl: string
  readonly #inputs: ReturnType<typeof pageInputs>

  /** @param publicUrl where browsers reach this installation */
  constructor(
    publicUrl: string,
    parts: PageServer &
      SubmissionKeeper &
      Pick<Pages, 'images' | 'previews' | 'proposals' | 'quality' | 'accessibility' | 'submissionExport'> & {
        readonly loop: Pick<LoopsParts, 'settings' | 'writer'>
      },
  ) {
    this.#publicUrl = publicUrl
    this.published = parts.published
    this.tracking = parts.tracking
    this.experiments = parts.experiments
    this.remembered = parts.remembered
    this.images = parts.images
    this.rollouts = new Rollouts(parts.experiments, parts.tracking, parts.published)
    this.quality = parts.quality
    this.accessibility = parts.accessibility
    this.submissions = parts.submissions
    this.submissionExport = parts.submissionExport
    this.submissionRetentionDays = parts.submissionRetentionDays
    this.formTokens = parts.formTokens
    this.previews = parts.previews
    this.proposals = parts.proposals
    this.catalog = parts.catalog
    this.#inputs = pageInputs(parts.catalog)
    this.variants = new Variants(this.#inputs, parts.experiments, parts.published)
    this.loops = createLoops({ ...parts, ...parts.loop, variants: this.variants })
  }

  /** Steps of pages that improve themselves which wait for somebody's yes or no. */
  undecidedSteps(context: SqlContext): Promise<UndecidedStep[]> {
    return undecidedSteps(context)
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

  /** A draft. @throws InvalidInputError, ConflictError when the slug is taken */
  async create(context: WorkspaceContext, input: PageInput) {
    const { variants, ...fields } = checkInput(this.#inputs.page, input)
    const id = uuidv7()
    return context.transaction(async (tx) => {
      await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId)
      await tx.db.prisma.page.create({ data: { ...fields, id } })
      for (const [position, variant] of variants.entries()) await appendVariant(tx, id, { ...variant, position })
      const page = await this.get(tx, id)
      tx.audit({ resourceType: 'Page', resourceId: id, after: page })
      return page
    })
  }

  /**
   * Changes what editors see; visitors see it after {@link publish}. The list of variants, where given, replaces
   * the one before: what is not on it is archived, with its history.
   *
   * @param expectedVersion refused where somebody has saved the page since; without it the last one wins
   * @throws InvalidInputError, NotFoundError, ConflictError when the slug is taken, and where somebody saved first
   */
  async update(context: WorkspaceContext, id: string, change: PageChange, expectedVersion?: number | null) {
    const { variants, ...fields } = checkInput(this.#inputs.change, change)
    return context.transaction(async (tx) => {
      // The contents of its variants are read, and put on record, only where they may change.
      const before = await (variants ? this.#lock(tx, id) : lockFields(tx, id))
      const edited = {
        what: `page "${before.title}"`,
        resourceType: 'Page',
        resourceId: id,
        version: before.version,
      }
      await refuseSavedMeanwhile(tx, edited, expectedVersion)
      if (fields.slug && fields.slug !== before.slug) await refuseTakenSlug(tx, fields.slug)
      await this.#checkExperiment(tx, fields.experimentId ?? null)
      if (variants) await replaceVariants(tx, id, variants)
      const changed = await changeFields(tx, id, fields)
      const after = variants ? await this.get(tx, id) : changed
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      tx.announce(pageChanged, id, null)
      this.published.changed(tx, before.slug)
      this.published.changed(tx, after.slug)
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
        const missing = shownVariants(experiment).filter(
          ({ key }) => !before.variants.some((variant) => variant.key === key),
        )
        if (missing.length > 0)
          throw new ConflictError({
            en: `The experiment "${experiment.name}" has variants without content on this page: ${missing.map(({ key }) => key).join(', ')}. Add them to the page, or choose another experiment.`,
            fr: `L’expérience « ${experiment.name} » a des variantes sans contenu sur cette page : ${missing.map(({ key }) => key).join(', ')}. Ajoutez-les à la page, ou choisissez une autre expérience.`,
          })
      }
      await this.quality.refuseBroken(tx, before)
      await publishRevisions(tx, id)
      const after = await this.#change(tx, id, { status: 'active', publishedAt: tx.clock.now() })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      tx.announce(pageChanged, id, null)
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
      tx.announce(pageChanged, id, null)
      this.published.changed(tx, after.slug)
      return after
    })
  }

  /**
   * Brings an archived page back as it was: visitors see again what was published last; a page that never was is a draft.
   *
   * @throws NotFoundError, ConflictError for one that is not archived
   */
  async unarchive(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.status !== 'archived')
        throw new ConflictError({
          en: `The page "${before.title}" is not archived.`,
          fr: `La page « ${before.title} » n’est pas archivée.`,
        })
      const wasPublic = before.variants.some(({ published }) => published !== null)
      const after = await this.#change(tx, id, { status: wasPublic ? 'active' : 'draft' })
      tx.audit({ resourceType: 'Page', resourceId: id, before, after })
      tx.announce(pageChanged, id, null)
      this.published.changed(tx, after.slug)
      return after
    })
  }

  /** The page as it is, held until the transaction ends. */
  async #lock(tx: WorkspaceContext, id: string) {
    const [, page] = await Promise.all([
      tx.db.query(sql`select 1 from "Page" where "id" = ${id} for update`),
      this.get(tx, id),
    ])
    return page
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
      throw error instanceof NotFoundError ? InvalidInputError.of('input.experimentId', 'NOT_FOUND', error.told) : error
    })
  }
}

const withVariants = { variants: notArchived } as const

async function refuseTakenSlug(tx: WorkspaceContext, slug: string): Promise<void> {
  // Held to the end of the transaction, so that of two who take the same slug at once the second gets this message.
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`page ${tx.workspaceId} ${slug}`}, 0))`)
  const taken = await tx.db.query(sql`select 1 from "Page" where "slug" = ${slug}`)
  if (taken.length > 0)
    throw new ConflictError({
      en: `The slug "${slug}" belongs to another page of this workspace. Choose another slug.`,
      fr: `L’adresse « ${slug} » est celle d’une autre page de cet espace. Choisissez-en une autre.`,
    })
}
