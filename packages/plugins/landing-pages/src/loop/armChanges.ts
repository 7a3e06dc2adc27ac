import { ConflictError, NotFoundError, sql, type WorkspaceContext } from '@espalier/core'
import type { Experiment, Experiments } from '@espalier/experiments'
import type { PageContent } from '../content.ts'
import type { PublishedPages } from '../publishedPages.ts'
import type { Variants } from '../variants.ts'
import type { LoopExperiments } from './loopExperiment.ts'
import { readPage } from './loopRows.ts'
import type { LoopRules } from './rules.ts'
import type { Loop } from './run.ts'
import { percent } from './said.ts'
import type { LoopPage } from './turn.ts'

export interface ArmChangesParts {
  readonly variants: Variants
  readonly experiments: Pick<Experiments, 'get'>
  readonly pairs: LoopExperiments
  readonly published: Pick<PublishedPages, 'changed'>
}

/** What the loop changes for visitors: which variants there are, and how much of the traffic each may get. */
export class ArmChanges {
  readonly #parts: ArmChangesParts

  constructor(parts: ArmChangesParts) {
    this.#parts = parts
  }

  /**
   * Shows visitors a new version, at first a small share of them. The page's other versions stay as visitors see them, whatever
   * editors are working on.
   *
   * @throws ConflictError for a page that is not public, and for one whose experiment somebody has ended
   */
  async introduce(
    tx: WorkspaceContext,
    { page: { id: pageId }, loop, rules }: { page: Pick<LoopPage, 'id'>; loop: Loop; rules: LoopRules },
    made: { content: PageContent; parentVariantId: string },
  ): Promise<{ variantId: string; variantKey: string }> {
    // As it is by now: somebody may have archived it, or one of its variants, since the turn looked.
    const page = await readPage(tx, pageId)
    if (page.status !== 'active')
      throw new ConflictError({
        en: `The page "${page.slug}" is not public. Publish it first.`,
        fr: `La page « ${page.slug} » n’est pas publique. Publiez-la d’abord.`,
      })
    const experiment = await this.#experiment(tx, loop)
    if (experiment && page.experimentId !== experiment.id)
      throw new ConflictError({
        en: `The page "${page.title}" does not show the variants of the experiment "${experiment.name}" any more. Turn the improvement of the page on anew.`,
        fr: `La page « ${page.title} » ne montre plus les variantes de l’expérience « ${experiment.name} ». Réactivez l’amélioration de la page.`,
      })
    const taken = experiment?.variants.map(({ key }) => key) ?? []
    const { id, key } = await this.#parts.variants.introduce(tx, page.id, made, taken)
    const share = rules.newArmShare
    if (experiment) await this.#parts.pairs.add(tx, experiment, key, share)
    else {
      const before = page.variants.filter(({ published }) => published !== null)
      const pair = await this.#parts.pairs.begin(tx, page, {
        goal: loop.goal,
        rules,
        holdoutId: loop.holdoutId,
        arms: [
          ...before.map((variant) => ({ key: variant.key, weight: (1 - share) / before.length })),
          { key, weight: share, ceiling: share },
        ],
      })
      await rememberPair(tx, page.id, pair)
    }
    this.#parts.published.changed(tx, page.slug)
    return { variantId: id, variantKey: key }
  }

  /** Switches a variant off and archives it; its history stays. @throws ConflictError for the original, and one that is off already */
  async retire(
    tx: WorkspaceContext,
    { page, loop }: { page: LoopPage; loop: Loop },
    variant: { variantId: string; variantKey: string },
    why: string,
  ): Promise<void> {
    const { variantId, variantKey } = variant
    const experiment = await this.#experiment(tx, loop)
    const own = experiment?.variants.find(({ key }) => key === variantKey)
    if (own && own === experiment?.variants[0])
      throw new ConflictError({
        en: `"${variantKey}" is the original, which always stays.`,
        fr: `« ${variantKey} » est l’original, qui reste toujours.`,
      })
    if (!experiment || !own || own.retiredAt !== null)
      throw new ConflictError({
        en: `The variant "${variantKey}" is switched off already.`,
        fr: `La variante « ${variantKey} » est déjà désactivée.`,
      })
    if (!(await this.#parts.pairs.retire(tx, experiment, variantKey, why.slice(0, 500))))
      await tx.db.query(sql`update "PageLoop" set "experimentId" = null where "pageId" = ${page.id}`)
    await this.#parts.variants.archive(tx, variantId)
  }

  /**
   * How large a variant's share may become.
   *
   * @param before what it was when somebody decided this; left out: whatever it was
   * @throws ConflictError for one that is switched off, and where it has become something else since
   */
  async setCeiling(
    tx: WorkspaceContext,
    loop: Loop,
    variantKey: string,
    ceiling: number,
    before?: number,
  ): Promise<void> {
    const experiment = await this.#experiment(tx, loop)
    const own = experiment?.variants.find(({ key }) => key === variantKey)
    if (!experiment || !own || own.retiredAt !== null)
      throw new ConflictError({
        en: `The variant "${variantKey}" is switched off by now.`,
        fr: `La variante « ${variantKey} » est maintenant désactivée.`,
      })
    if (before !== undefined && Math.abs(own.ceiling - before) > 1e-9)
      throw new ConflictError({
        en: `How much "${variantKey}" may get has changed since: up to ${percent(own.ceiling).en} of the visitors now, and ${percent(before).en} then. Look at its latest step.`,
        fr: `La part possible de « ${variantKey} » a changé depuis : jusqu’à ${percent(own.ceiling).en} des visiteurs maintenant, ${percent(before).en} alors. Regardez sa dernière étape.`,
      })
    await this.#parts.pairs.setCeiling(tx, experiment, variantKey, ceiling)
  }

  /** How much of the bandit's traffic the original keeps at least. @throws ConflictError once somebody has stopped the experiment */
  async setFloorOfOriginal(tx: WorkspaceContext, loop: Loop, floor: number): Promise<void> {
    const experiment = await this.#experiment(tx, loop)
    const original = experiment?.variants[0]
    if (experiment && original) await this.#parts.pairs.setFloor(tx, experiment, original.key, floor)
  }

  /** The experiment while it runs; undefined before there is one. @throws ConflictError once somebody has stopped it */
  async #experiment(tx: WorkspaceContext, loop: Loop): Promise<Experiment | undefined> {
    if (loop.experimentId === null) return undefined
    const experiment = await this.#parts.experiments.get(tx, loop.experimentId).catch((error) => {
      if (error instanceof NotFoundError) return undefined
      throw error
    })
    if (experiment?.status === 'running') return experiment
    throw new ConflictError({
      en: `The experiment "${experiment?.name ?? loop.experimentId}" of this page is ${experiment?.status ?? 'gone'}. Resume it, or turn the improvement of the page on anew.`,
      fr: `L’expérience « ${experiment?.name ?? loop.experimentId} » de cette page ne tourne pas. Reprenez-la, ou réactivez l’amélioration de la page.`,
    })
  }
}

/** Ties a page and its loop to the experiments that it goes on with. */
export async function rememberPair(
  tx: WorkspaceContext,
  pageId: string,
  { experimentId, holdoutId }: { experimentId: string; holdoutId: string },
): Promise<void> {
  await tx.db.query(sql`
    update "PageLoop" set "experimentId" = ${experimentId}, "holdoutId" = ${holdoutId} where "pageId" = ${pageId}`)
  await tx.db.query(sql`update "Page" set "experimentId" = ${experimentId} where "id" = ${pageId}`)
}
