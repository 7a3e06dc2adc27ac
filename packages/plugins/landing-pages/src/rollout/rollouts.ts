import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  type SystemContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import type { ExperimentStatus, Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { pageChanged } from '../events.ts'
import type { PublishedPages } from '../publishedPages.ts'
import { judge, type RolloutFigures, type Verdict } from './guardrails.ts'
import { type Rollout, type RolloutInput, rolloutInput } from './rollout.ts'
import { readFigures } from './rolloutFigures.ts'

/** Brings a variant to a growing share of a page's visitors, and back at once. */
export class Rollouts {
  readonly #experiments: Experiments
  readonly #tracking: Pick<Tracking, 'totals'>
  readonly #published: Pick<PublishedPages, 'changed'>

  constructor(
    experiments: Experiments,
    tracking: Pick<Tracking, 'totals'>,
    published: Pick<PublishedPages, 'changed'>,
  ) {
    this.#experiments = experiments
    this.#tracking = tracking
    this.#published = published
  }

  /**
   * Begins with the first step.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError for a page that is not public or has another rollout or an
   *   experiment that runs, and for its first variant, which everybody gets already
   */
  async start(context: WorkspaceContext, pageId: string, input: RolloutInput): Promise<Rollout> {
    const { variantKey, ...plan } = checkInput(rolloutInput, input)
    return context.transaction(async (tx) => {
      const page = await lockPage(tx, pageId)
      if (page.status !== 'active')
        throw new ConflictError({
          en: `The page "${page.slug}" is not public. Publish it first.`,
          fr: `La page « ${page.slug} » n’est pas publique. Publiez-la d’abord.`,
        })
      const [first] = page.variants
      const variant = page.variants.find(({ key }) => key === variantKey)
      if (!variant)
        throw InvalidInputError.of('input.variantKey', 'NOT_FOUND', {
          en: `"${variantKey}" is no published variant of this page. They are: ${page.variants.map(({ key }) => key).join(', ')}.`,
          fr: `« ${variantKey} » n’est pas une variante publiée de cette page. Ce sont : ${page.variants.map(({ key }) => key).join(', ')}.`,
        })
      const current = await currentRollout(tx, pageId)
      if (current?.status === 'running')
        throw new ConflictError({
          en: `The variant "${current.variantKey}" is being rolled out on this page. Roll it back first.`,
          fr: `La variante « ${current.variantKey} » est en cours de déploiement sur cette page. Annulez-le d’abord.`,
        })
      if (variant === first)
        throw new ConflictError({
          en: `Everybody gets "${variantKey}" already: it is the first variant of the page.`,
          fr: `Tout le monde reçoit déjà « ${variantKey} » : c’est la première variante de la page.`,
        })
      await this.#refuseExperiment(tx, page.experimentId)
      const now = tx.clock.now()
      const created = await tx.db.prisma.pageRollout.create({
        data: {
          pageId,
          variantKey,
          ...plan,
          status: plan.steps.length === 1 ? 'completed' : 'running',
          startedAt: now,
          endedAt: plan.steps.length === 1 ? now : null,
          nextStepAt: plan.pace === 'manual' ? null : minutesAfter(now, plan.stepMinutes),
        },
      })
      return this.#changed(tx, page.slug, undefined, rolloutOf(created))
    })
  }

  /** On to the next step; after the last everybody gets the variant. @throws NotFoundError, ConflictError when it does not run */
  async advance(context: WorkspaceContext, id: string): Promise<Rollout> {
    return context.transaction(async (tx) => {
      const { rollout, slug, experimentId } = await this.#lock(tx, id)
      refuseEnded(rollout)
      await this.#refuseExperiment(tx, experimentId)
      return this.#next(tx, slug, rollout)
    })
  }

  /** Nobody gets the variant from now on, also when it had reached everybody. @throws NotFoundError, ConflictError */
  async rollBack(context: WorkspaceContext, id: string, reason: string): Promise<Rollout> {
    return context.transaction(async (tx) => {
      const { rollout, slug } = await this.#lock(tx, id)
      const current = await currentRollout(tx, rollout.pageId)
      if (rollout.status === 'rolledBack' || current?.id !== id)
        throw new ConflictError({
          en: `The rollout of "${rollout.variantKey}" is over. There is nothing to roll back.`,
          fr: `Le déploiement de « ${rollout.variantKey} » est terminé. Il n’y a rien à annuler.`,
        })
      return this.#end(tx, slug, rollout, 'rolledBack', reason)
    })
  }

  /** The page's latest rollout, or undefined. */
  async current(context: WorkspaceContext, pageId: string): Promise<Rollout | undefined> {
    return currentRollout(context, pageId)
  }

  /** Both sides' numbers, and what they say. */
  async judge(context: SqlContext, rollout: Rollout): Promise<Verdict & RolloutFigures> {
    const figures = await readFigures(context, this.#tracking, rollout)
    return { ...figures, ...judge(figures, rollout.minVisitors, (...sides) => this.#experiments.compare(...sides)) }
  }

  /** Moves every rollout whose time has come. One that fails does not hold up the others. */
  async advanceDue(system: SystemContext): Promise<{ advanced: number; rolledBack: number }> {
    // Through the second door: which workspaces have something to do is what it asks.
    const due = await system.system.query<{ workspaceId: string; id: string }>(sql`
      select "workspaceId", "id" from "PageRollout"
      where "status" = 'running' and "nextStepAt" <= ${system.clock.now()} order by "nextStepAt"`)
    const outcome = { advanced: 0, rolledBack: 0 }
    for (const { workspaceId, id } of due) {
      const moved = await this.#moveByItself(system.workspace(workspaceId), id).catch((error: unknown) => {
        system.log.error({ err: error, rollout: id }, 'A rollout could not go on')
        return undefined
      })
      if (moved) outcome[moved] += 1
    }
    return outcome
  }

  async #moveByItself(context: WorkspaceContext, id: string): Promise<'advanced' | 'rolledBack' | undefined> {
    return context.transaction(async (tx) => {
      const { rollout, slug, status: pageStatus, experimentId } = await this.#lock(tx, id)
      // Nobody sees an archived page: its rollout goes on where it stood, once the page is public again.
      if (pageStatus !== 'active') return undefined
      // Somebody may have been here since it was found.
      if (rollout.status !== 'running' || !rollout.nextStepAt || rollout.nextStepAt > tx.clock.now()) return undefined
      if (experimentId) {
        const { status } = await this.#experiments.get(tx, experimentId)
        if (sharesOut(status)) return undefined
      }
      if (rollout.pace === 'guardrails') {
        const { light, reason } = await this.judge(tx, rollout)
        if (light === 'yellow') return undefined
        if (light === 'red') {
          await this.#end(tx, slug, rollout, 'rolledBack', reason)
          return 'rolledBack'
        }
      }
      await this.#next(tx, slug, rollout)
      return 'advanced'
    })
  }

  async #next(tx: WorkspaceContext, slug: string, before: Rollout): Promise<Rollout> {
    const step = before.step + 1
    if (before.steps[step] === 1) return this.#end(tx, slug, { ...before, step }, 'completed', null)
    const after = await update(tx, before.id, {
      step,
      nextStepAt: before.pace === 'manual' ? null : minutesAfter(tx.clock.now(), before.stepMinutes),
    })
    return this.#changed(tx, slug, before, after)
  }

  async #end(
    tx: WorkspaceContext,
    slug: string,
    before: Rollout,
    status: 'completed' | 'rolledBack',
    reason: string | null,
  ): Promise<Rollout> {
    const after = await update(tx, before.id, {
      status,
      step: before.step,
      reason,
      endedAt: tx.clock.now(),
      nextStepAt: null,
    })
    return this.#changed(tx, slug, before, after)
  }

  #changed(tx: WorkspaceContext, slug: string, before: Rollout | undefined, after: Rollout): Rollout {
    tx.audit({ resourceType: 'PageRollout', resourceId: after.id, ...(before ? { before } : {}), after })
    this.#published.changed(tx, slug)
    tx.announce(pageChanged, after.pageId, null)
    return after
  }

  async #lock(tx: WorkspaceContext, id: string) {
    const found = await tx.db.prisma.pageRollout.findFirst({ where: { id } })
    if (!found) throw new NotFoundError('rollout', id)
    const { slug, status, experimentId } = await lockPage(tx, found.pageId)
    const row = await tx.db.prisma.pageRollout.findFirst({ where: { id } })
    return { rollout: rolloutOf(row ?? found), slug, status, experimentId }
  }

  async #refuseExperiment(tx: WorkspaceContext, experimentId: string | null): Promise<void> {
    if (!experimentId) return
    const { name, status } = await this.#experiments.get(tx, experimentId)
    if (sharesOut(status))
      throw new ConflictError({
        en: `The experiment "${name}" shares out the variants of this page. Complete it first, then roll out the one that won.`,
        fr: `L’expérience « ${name} » répartit les variantes de cette page. Terminez-la d’abord, puis déployez celle qui a gagné.`,
      })
  }
}

async function lockPage(tx: WorkspaceContext, id: string) {
  await tx.db.query(sql`select 1 from "Page" where "id" = ${id} for update`)
  const page = await tx.db.prisma.page.findFirst({
    where: { id },
    select: { slug: true, status: true, experimentId: true },
  })
  if (!page) throw new NotFoundError('page', id)
  const variants = await tx.db.query<{ key: string }>(sql`
    select "key" from "PageVariant" where "pageId" = ${id} and "published" is not null order by "position"`)
  return { ...page, variants }
}

async function currentRollout(context: WorkspaceContext, pageId: string): Promise<Rollout | undefined> {
  const row = await context.db.prisma.pageRollout.findFirst({
    where: { pageId },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
  })
  return row ? rolloutOf(row) : undefined
}

async function update(tx: WorkspaceContext, id: string, data: object): Promise<Rollout> {
  const row = await tx.db.prisma.pageRollout.update({
    where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
    data,
  })
  return rolloutOf(row)
}

function rolloutOf(row: Omit<Rollout, 'steps'> & { steps: unknown }): Rollout {
  return { ...row, steps: row.steps as number[] }
}

/** Also while it is paused: resumed, it would take the visitors back from a rollout. */
function sharesOut(status: ExperimentStatus): boolean {
  return status === 'running' || status === 'paused'
}

function refuseEnded({ status, variantKey }: Rollout): void {
  if (status === 'running') return
  throw new ConflictError(
    status === 'completed'
      ? { en: `Everybody gets "${variantKey}" already.`, fr: `Tout le monde reçoit déjà « ${variantKey} ».` }
      : {
          en: `The rollout of "${variantKey}" was rolled back. Start a new one.`,
          fr: `Le déploiement de « ${variantKey} » a été annulé. Lancez-en un autre.`,
        },
  )
}

function minutesAfter(now: Date, minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000)
}
