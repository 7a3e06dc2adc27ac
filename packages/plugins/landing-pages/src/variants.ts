import {
  asIs,
  ConflictError,
  checkInput,
  issueTold,
  joined,
  NotFoundError,
  refuseSavedMeanwhile,
  type SchemaIssue,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { type Experiments, shownVariants } from '@espalier/experiments'
import type { PageContent } from './content.ts'
import { pageChanged, pagePublished } from './events.ts'
import { publishRevision } from './history/revisions.ts'
import type { pageInputs, VariantInput } from './page.ts'
import type { PublishedPages } from './publishedPages.ts'
import { appendVariant, getVariant, lockPage, lockVariant, refuseTooMany, writeContent } from './variantRows.ts'

/** The versions of pages, and what they were. */
export class Variants {
  readonly #inputs: ReturnType<typeof pageInputs>
  readonly #experiments: Experiments
  readonly #published: PublishedPages

  constructor(inputs: ReturnType<typeof pageInputs>, experiments: Experiments, published: PublishedPages) {
    this.#inputs = inputs
    this.#experiments = experiments
    this.#published = published
  }

  /** Adds a draft of another version to a page. @throws InvalidInputError, NotFoundError, ConflictError */
  async add(context: WorkspaceContext, pageId: string, input: VariantInput) {
    const variant = checkInput(this.#inputs.variant, input)
    return context.transaction(async (tx) => {
      const page = await lockPage(tx, pageId)
      const all = await tx.db.prisma.pageVariant.findMany({ where: { pageId }, select: { key: true } })
      if (all.some(({ key }) => key === variant.key))
        throw new ConflictError({
          en: `The page "${page.title}" has a variant "${variant.key}" already, perhaps an archived one. Choose another key, or change that one.`,
          fr: `La page « ${page.title} » a déjà une variante « ${variant.key} », peut-être archivée. Choisissez une autre clé, ou modifiez celle-ci.`,
        })
      refuseTooMany(page.variants.length + 1)
      const position = Math.max(-1, ...page.variants.map(({ position }) => position)) + 1
      const id = await appendVariant(tx, pageId, { ...variant, position })
      const added = await getVariant(tx, id)
      tx.audit({ resourceType: 'PageVariant', resourceId: id, after: added })
      tx.announce(pageChanged, pageId, null)
      return added
    })
  }

  /**
   * Adds a version that visitors may get at once, under the first free key of "auto-1", "auto-2" …; the others stay as visitors
   * see them, whatever editors are working on. In a transaction.
   *
   * @param taken keys that are not free, beside those of the page
   * @throws NotFoundError, ConflictError for a page with too many
   */
  async introduce(
    tx: WorkspaceContext,
    pageId: string,
    { content, parentVariantId }: { content: PageContent; parentVariantId: string },
    taken: readonly string[],
  ): Promise<{ id: string; key: string }> {
    const page = await lockPage(tx, pageId)
    refuseTooMany(page.variants.length + 1)
    const all = await tx.db.prisma.pageVariant.findMany({ where: { pageId }, select: { key: true } })
    const keys = new Set([...taken, ...all.map(({ key }) => key)])
    let number = 1
    while (keys.has(`auto-${number}`)) number += 1
    const key = `auto-${number}`
    const position = Math.max(-1, ...page.variants.map(({ position }) => position)) + 1
    const id = await appendVariant(tx, pageId, { key, content, position, parentVariantId })
    const { id: revisionId } = await tx.db.prisma.pageRevision.findFirstOrThrow({ where: { variantId: id } })
    await publishRevision(tx, id, revisionId)
    await tx.db.query(sql`update "PageVariant" set "status" = 'active' where "id" = ${id}`)
    tx.audit({ resourceType: 'PageVariant', resourceId: id, after: await getVariant(tx, id) })
    tx.announce(pageChanged, pageId, null)
    await tx.publish(pagePublished, { pageId })
    this.#published.changed(tx, page.slug)
    return { id, key }
  }

  /**
   * Changes what editors see of a variant.
   *
   * @param expectedVersion refused where somebody has saved the variant since; without it the last one wins
   * @throws InvalidInputError, NotFoundError, ConflictError for an archived one, and where somebody saved first
   */
  async change(context: WorkspaceContext, id: string, input: { content: unknown }, expectedVersion?: number | null) {
    const { content } = checkInput(this.#inputs.content, input as { content: PageContent })
    return context.transaction(async (tx) => {
      const before = await lockVariant(tx, id)
      const what = `variant "${before.key}" of the page "${before.page.title}"`
      const edited = { what, resourceType: 'PageVariant', resourceId: id, version: before.version }
      await refuseSavedMeanwhile(tx, edited, expectedVersion)
      if (before.status === 'archived')
        throw new ConflictError({
          en: `The variant "${before.key}" is archived. Restore a revision of it first: that brings it back.`,
          fr: `La variante « ${before.key} » est archivée. Restaurez d’abord une de ses révisions : cela la ramène.`,
        })
      return writeContent(tx, before, content)
    })
  }

  /**
   * Gives a variant another key. Not while something counts visitors by it.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError for a key that is taken, and while an experiment or a rollout shows it
   */
  async rename(context: WorkspaceContext, id: string, key: string) {
    const parsed = checkInput(this.#inputs.key, { key })
    return context.transaction(async (tx) => {
      const before = await lockVariant(tx, id)
      const page = await lockPage(tx, before.pageId)
      const all = await tx.db.prisma.pageVariant.findMany({ where: { pageId: page.id, id: { not: id } } })
      if (all.some((variant) => variant.key === parsed.key))
        throw new ConflictError({
          en: `The page "${page.title}" has a variant "${parsed.key}" already, perhaps an archived one. Choose another key.`,
          fr: `La page « ${page.title} » a déjà une variante « ${parsed.key} », peut-être archivée. Choisissez une autre clé.`,
        })
      if (page.experimentId)
        throw new ConflictError({
          en: `The experiment of the page "${page.title}" counts by the keys of its variants. Take the experiment from the page first.`,
          fr: `L’expérience de la page « ${page.title} » compte par les clés de ses variantes. Retirez d’abord l’expérience de la page.`,
        })
      const [rollout] = await tx.db.query(sql`
        select 1 from "PageRollout" where "pageId" = ${page.id} and "variantKey" = ${before.key} and "status" <> 'rolledBack'`)
      if (rollout)
        throw new ConflictError({
          en: `A rollout shows the variant "${before.key}" to visitors under its key. Roll it back first.`,
          fr: `Un déploiement montre la variante « ${before.key} » aux visiteurs sous sa clé. Annulez-le d’abord.`,
        })
      await tx.db.prisma.pageVariant.updateMany({
        where: { id },
        data: { key: parsed.key, version: { increment: 1 } },
      })
      const after = await getVariant(tx, id)
      tx.audit({ resourceType: 'PageVariant', resourceId: id, before, after })
      tx.announce(pageChanged, after.pageId, null)
      this.#published.changed(tx, page.slug)
      return after
    })
  }

  /** Takes a variant from the page and from visitors; its history stays. @throws NotFoundError, ConflictError */
  async archive(context: WorkspaceContext, id: string) {
    return context.transaction(async (tx) => {
      const before = await lockVariant(tx, id)
      const page = await lockPage(tx, before.pageId)
      if (page.variants.every((variant) => variant.id === id))
        throw new ConflictError({
          en: `The variant "${before.key}" is the only one of the page "${page.title}". Add another first, or archive the page.`,
          fr: `La variante « ${before.key} » est la seule de la page « ${page.title} ». Ajoutez-en d’abord une autre, ou archivez la page.`,
        })
      if (before.published !== null && page.experimentId) {
        const experiment = await this.#experiments.get(tx, page.experimentId)
        if (shownVariants(experiment).some(({ key }) => key === before.key))
          throw new ConflictError({
            en: `The experiment "${experiment.name}" shows the variant "${before.key}". Complete it, or choose another experiment for the page, first.`,
            fr: `L’expérience « ${experiment.name} » montre la variante « ${before.key} ». Terminez-la d’abord, ou choisissez une autre expérience pour la page.`,
          })
      }
      await tx.db.query(
        sql`update "PageVariant" set "status" = 'archived', "published" = null, "publishedRevisionId" = null where "id" = ${id}`,
      )
      const after = await getVariant(tx, id)
      tx.audit({ resourceType: 'PageVariant', resourceId: id, before, after })
      tx.announce(pageChanged, after.pageId, null)
      this.#published.changed(tx, page.slug)
      return after
    })
  }

  /**
   * Brings the content of a revision back to the editors, as a new revision; visitors see it after
   * publication. An archived variant comes back with it.
   *
   * @throws NotFoundError, ConflictError when a block of it does not exist any more
   */
  async restore(context: WorkspaceContext, revisionId: string) {
    return context.transaction(async (tx) => {
      const { number, variantId, ...revision } = await getRevision(tx, revisionId)
      const before = await lockVariant(tx, variantId)
      const parsed = this.#inputs.content.safeParse({ content: revision.content })
      if (!parsed.success) throw new ConflictError(notRestored(number, before.key, parsed.error.issues))
      if (before.status === 'archived')
        refuseTooMany(
          1 + (await tx.db.prisma.pageVariant.count({ where: { pageId: before.pageId, status: { not: 'archived' } } })),
        )
      return writeContent(tx, before, parsed.data.content, number)
    })
  }

  /**
   * Shows visitors a revision that they saw before, at once. What editors are working on stays as it is.
   *
   * @throws NotFoundError, ConflictError for one that was never published, and while the page is not public
   */
  async rollBack(context: WorkspaceContext, revisionId: string) {
    return context.transaction(async (tx) => {
      const { number, variantId, publishedAt } = await getRevision(tx, revisionId)
      const before = await lockVariant(tx, variantId)
      if (publishedAt === null)
        throw new ConflictError({
          en: `Revision ${number} of the variant "${before.key}" was never published. Restore it, look at it, then publish the page.`,
          fr: `La révision ${number} de la variante « ${before.key} » n’a jamais été publiée. Restaurez-la, regardez-la, puis publiez la page.`,
        })
      if (before.page.status !== 'active' || before.status !== 'active')
        throw new ConflictError({
          en: `The variant "${before.key}" is not public. Restore revision ${number} and publish the page.`,
          fr: `La variante « ${before.key} » n’est pas publique. Restaurez la révision ${number} et publiez la page.`,
        })
      await publishRevision(tx, variantId, revisionId)
      const after = await getVariant(tx, variantId)
      tx.audit({ resourceType: 'PageVariant', resourceId: variantId, before, after })
      tx.announce(pageChanged, before.pageId, null)
      await tx.publish(pagePublished, { pageId: before.pageId })
      this.#published.changed(tx, before.page.slug)
      return after
    })
  }
}

async function getRevision(tx: WorkspaceContext, id: string) {
  const revision = await tx.db.prisma.pageRevision.findFirst({ where: { id } })
  if (!revision) throw new NotFoundError('revision', id)
  return revision
}

function notRestored(number: number, key: string, issues: readonly SchemaIssue[]): Told {
  const placed = issues.map((issue) => joined([asIs((issue.path ?? []).join('.')), issueTold(issue, undefined)]))
  const why = joined(placed, '; ')
  return {
    en: `Revision ${number} of the variant "${key}" cannot be restored: ${why.en}.`,
    fr: `La révision ${number} de la variante « ${key} » ne peut pas être restaurée : ${why.fr}.`,
  }
}
