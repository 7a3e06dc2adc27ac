import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type SqlContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { v7 as uuidv7 } from 'uuid'
import { authorOf } from '../history/author.ts'
import { rememberPair } from './armChanges.ts'
import { type Earned, earned } from './brain/index.ts'
import type { Decisions } from './decisions.ts'
import { pageLoopChanged } from './events.ts'
import { goalsOnPage } from './goals.ts'
import { improvePages } from './jobs.ts'
import { goalOf, type LoopExperiments } from './loopExperiment.ts'
import { getLoop, lockPage, readLoop } from './loopRows.ts'
import { type Limits, type LimitsInput, type LoopRules, limitsInput, rulesOf } from './rules.ts'
import type { Loop, LoopMode, RunKind } from './run.ts'
import type { LoopRunner } from './runner.ts'
import type { LoopPage } from './turn.ts'

export interface PageLoopsParts {
  readonly experiments: Experiments
  readonly pairs: LoopExperiments
  readonly runner: LoopRunner
  readonly decisions: Decisions
  readonly settings: (context: SqlContext) => Promise<LoopRules>
  /** Tells everybody that visitors get something else at a slug. */
  readonly changed: (tx: SqlContext, slug: string) => void
  /** Whether the workspace has a model that writes. */
  readonly hasModel: (context: SqlContext) => Promise<boolean>
}

/** Where turns of the loop begin. */
const firstStep: Record<RunKind, string> = { analysis: 'measure', generation: 'support' }

/** When turns are due by themselves, in UTC: as the jobs have it. */
const schedules: Record<RunKind, { readonly everyHours: number; readonly offsetMinutes: number }> = {
  analysis: { everyHours: 6, offsetMinutes: 0 },
  generation: { everyHours: 24, offsetMinutes: 6 * 60 + 30 },
}

/** When the next turn is due by itself. */
export function nextTurnAt(kind: RunKind, now: Date): Date {
  const { everyHours, offsetMinutes } = schedules[kind]
  const [every, offset] = [everyHours * 3_600_000, offsetMinutes * 60_000]
  return new Date((Math.floor((now.getTime() - offset) / every) + 1) * every + offset)
}

/** Pages that improve themselves: turning that on and off, asking for a turn, and what it has earned. */
export class PageLoops {
  readonly runner: LoopRunner
  /** A person's yes and no. */
  readonly decisions: Decisions
  readonly hasModel: PageLoopsParts['hasModel']
  readonly #parts: PageLoopsParts

  constructor(parts: PageLoopsParts) {
    this.#parts = parts
    this.runner = parts.runner
    this.decisions = parts.decisions
    this.hasModel = parts.hasModel
  }

  /** What holds for the loop of a page. */
  async rulesOf(context: SqlContext, { limits }: Pick<Loop, 'limits'>): Promise<LoopRules> {
    return rulesOf(await this.#parts.settings(context), limits as Limits)
  }

  /**
   * Lets a page improve itself, or stops that. Turned on, the page gets a bandit under a hold-back, or goes on with the one that it
   * has. Turned off, no more turns are taken; the experiment goes on as it is, until somebody ends it.
   *
   * @param goal what it works for; where nothing is said, the first goal of the page
   * @param expectedVersion refused where somebody has changed the rules since; 0 for a page without any
   * @throws InvalidInputError, NotFoundError, ConflictError for a page that is not public or has another experiment, and where
   * somebody saved first
   */
  async setImprovement(
    context: WorkspaceContext,
    pageId: string,
    input: { mode: LoopMode; goal?: string | undefined; limits?: LimitsInput | undefined },
    expectedVersion?: number | null,
  ): Promise<Loop> {
    const limits = input.limits === undefined ? undefined : withoutUndefined(checkInput(limitsInput, input.limits))
    return context.transaction(async (tx) => {
      const page = await lockPage(tx, pageId)
      const before = await readLoop(tx, pageId)
      const what = `improvement of the page "${page.title}"`
      const edited = { what, resourceType: 'PageLoop', resourceId: pageId, version: before?.version ?? 0 }
      await refuseSavedMeanwhile(tx, edited, expectedVersion)
      const after =
        input.mode === 'off'
          ? await this.#turnOff(tx, page, before, limits)
          : await this.#turnOn(tx, page, before, { ...input, limits })
      tx.audit({ resourceType: 'PageLoop', resourceId: pageId, ...(before ? { before } : {}), after })
      tx.announce(pageLoopChanged, pageId, null)
      this.#parts.changed(tx, page.slug)
      return after
    })
  }

  /** Asks for a turn now. @returns its id @throws NotFoundError, ConflictError while the loop is off, or such a turn waits or runs */
  async improveNow(context: WorkspaceContext, pageId: string, kind: RunKind): Promise<string> {
    return context.transaction(async (tx) => {
      const page = await lockPage(tx, pageId)
      const loop = await readLoop(tx, pageId)
      if (!loop || loop.mode === 'off')
        throw new ConflictError({
          en: `The page "${page.title}" does not improve itself. Turn that on with setPageImprovement first.`,
          fr: `La page « ${page.title} » ne s’améliore pas d’elle-même. Activez-le d’abord.`,
        })
      const [same] = await tx.db.query(sql`
        select 1 from "PageLoopRun"
        where "pageId" = ${pageId} and "kind" = ${kind}::"PageLoopRunKind" and "status" in ('waiting', 'running') limit 1`)
      if (same)
        throw new ConflictError({
          en: `Such a turn waits or is under way for the page "${page.title}". Wait for it, or stop it with stopLoopRun.`,
          fr: `Un tel tour attend ou est en cours pour la page « ${page.title} ». Attendez-le, ou arrêtez-le.`,
        })
      const id = uuidv7()
      await this.#request(tx, pageId, kind, { id, occasion: `asked ${id}` })
      tx.audit({ resourceType: 'PageLoopRun', resourceId: id, after: { pageId, kind } })
      await tx.enqueue(improvePages, {})
      return id
    })
  }

  /** Asks for a turn of every loop that is on, once for the time that has come. @returns how many were new */
  async requestDue(context: WorkspaceContext, kind: RunKind): Promise<number> {
    return context.transaction(async (tx) => {
      const { everyHours } = schedules[kind]
      const now = tx.clock.now()
      const hour = String(Math.floor(now.getUTCHours() / everyHours) * everyHours).padStart(2, '0')
      const occasion = `schedule ${now.toISOString().slice(0, 10)}T${hour}`
      const pages = await tx.db.query<{ pageId: string }>(sql`
        select l."pageId" from "PageLoop" l join "Page" p on p."workspaceId" = l."workspaceId" and p."id" = l."pageId"
        where l."mode" <> 'off' and p."status" <> 'archived' order by l."pageId"`)
      let asked = 0
      for (const { pageId } of pages) if (await this.#request(tx, pageId, kind, { id: uuidv7(), occasion })) asked += 1
      // Also where nothing is new: what a dead process left is taken up.
      const [open] = await tx.db.query(
        sql`select 1 from "PageLoopRun" where "status" in ('waiting', 'running') limit 1`,
      )
      if (open) await tx.enqueue(improvePages, {})
      return asked
    })
  }

  /** Ends a turn before its next step; what its steps have done stays. @throws NotFoundError, ConflictError for one that has ended */
  async stop(context: WorkspaceContext, runId: string): Promise<void> {
    await context.transaction(async (tx) => {
      const run = await tx.db.prisma.pageLoopRun.findFirst({ where: { id: runId } })
      if (!run) throw new NotFoundError('turn', runId)
      // The page before its turns and their steps, as everybody takes them.
      await lockPage(tx, run.pageId)
      const stopped = await cancelRuns(tx, run.pageId, runId)
      if (stopped === 0)
        throw new ConflictError({
          en: `The turn has ended (${run.status}). There is nothing to stop.`,
          fr: `Le tour est terminé. Il n’y a rien à arrêter.`,
        })
      tx.audit({
        resourceType: 'PageLoopRun',
        resourceId: runId,
        before: { status: run.status },
        after: { status: 'canceled' },
      })
      tx.announce(pageLoopChanged, run.pageId, null)
    })
  }

  /** What the loop of a page has earned against the visitors who were held back; null before both sides have somebody. */
  async earned(context: WorkspaceContext, { holdoutId }: Pick<Loop, 'holdoutId'>): Promise<Earned | null> {
    if (holdoutId === null) return null
    const { experiments } = this.#parts
    const holdout = await experiments.get(context, holdoutId).catch((error) => {
      if (error instanceof NotFoundError) return undefined
      throw error
    })
    const goal = holdout?.goals.find(({ role }) => role === 'goal')
    if (!holdout || !goal) return null
    const phases = await experiments.results.arms(context, holdout, goal.metric)
    const side = (position: number) => {
      const id = holdout.variants[position]?.id
      const arms = phases.flatMap((phase) => phase.arms.filter(({ variantId }) => variantId === id))
      return {
        visitors: arms.reduce((sum, { subjects }) => sum + subjects, 0),
        conversions: arms.reduce((sum, arm) => sum + arm.sum, 0),
      }
    }
    return earned(side(1), side(0))
  }

  async #turnOn(
    tx: WorkspaceContext,
    page: LoopPage,
    before: Loop | undefined,
    { mode, goal: wanted, limits }: { mode: LoopMode; goal?: string | undefined; limits: Limits | undefined },
  ): Promise<Loop> {
    const [first] = page.variants
    if (page.status !== 'active' || !first || first.published === null)
      throw new ConflictError({
        en: `The page "${page.title}" is not public, so nobody could tell its versions apart. Publish it first.`,
        fr: `La page « ${page.title} » n’est pas publique : personne ne pourrait départager ses versions. Publiez-la d’abord.`,
      })
    const own = (limits ?? before?.limits ?? {}) as Limits
    const rules = await this.rulesOf(tx, { limits: own })
    const current = await this.#parts.pairs.running(tx, before?.experimentId ?? null)
    if (before && current && current.id === page.experimentId) {
      refuseOtherGoal(page, before.goal, wanted)
      return save(tx, page.id, { mode, goal: before.goal, limits: own })
    }
    // Where somebody took the experiment off the page, it comes back.
    const experimentId = page.experimentId ?? current?.id ?? null
    const adopted = await this.#parts.pairs.adoptable(tx, { ...page, experimentId }, first.key)
    const goal = (adopted && goalOf(adopted)) ?? wanted ?? before?.goal ?? goalsOnPage(page)[0]
    if (goal === undefined)
      throw InvalidInputError.of('goal', 'MISSING', {
        en: `Nothing on the page "${page.title}" reaches a goal. Give a CallToAction or a Form one, or name the goal of a conversion that your server reports.`,
        fr: `Rien sur la page « ${page.title} » n’atteint d’objectif. Donnez-en un à un bouton ou à un formulaire, ou nommez celui d’une conversion que votre serveur signale.`,
      })
    if (adopted) refuseOtherGoal(page, goal, wanted)
    await save(tx, page.id, { mode, goal, limits: own })
    if (adopted) await rememberPair(tx, page.id, await this.#parts.pairs.adopt(tx, page, adopted, { rules }))
    else {
      const shown = page.variants.filter(({ published }) => published !== null)
      // With one version there is nothing to compare: its experiment begins with the first that the loop makes.
      if (shown.length < 2)
        await tx.db.query(sql`update "PageLoop" set "experimentId" = null where "pageId" = ${page.id}`)
      else {
        const arms = shown.map(({ key }) => ({ key }))
        const holdoutId = before?.holdoutId ?? null
        await rememberPair(tx, page.id, await this.#parts.pairs.begin(tx, page, { goal, rules, arms, holdoutId }))
      }
    }
    return getLoop(tx, page.id)
  }

  async #turnOff(
    tx: WorkspaceContext,
    page: LoopPage,
    before: Loop | undefined,
    limits: Limits | undefined,
  ): Promise<Loop> {
    if (!before)
      throw new ConflictError({
        en: `The page "${page.title}" does not improve itself. There is nothing to turn off.`,
        fr: `La page « ${page.title} » ne s’améliore pas d’elle-même. Il n’y a rien à désactiver.`,
      })
    await cancelRuns(tx, page.id)
    return save(tx, page.id, { mode: 'off', goal: before.goal, limits: (limits ?? before.limits) as Limits })
  }

  async #request(
    tx: SqlContext,
    pageId: string,
    kind: RunKind,
    { id, occasion }: { id: string; occasion: string },
  ): Promise<boolean> {
    const { type, id: requestedById, name } = authorOf(tx.principal)
    const made = await tx.db.query(sql`
      insert into "PageLoopRun"
        ("id", "pageId", "kind", "occasion", "step", "requestedByType", "requestedById", "requestedByName", "createdAt")
      values (${id}, ${pageId}, ${kind}::"PageLoopRunKind", ${occasion}, ${firstStep[kind]}, ${type}, ${requestedById}::uuid, ${name}, ${tx.clock.now()})
      on conflict ("workspaceId", "pageId", "kind", "occasion") do nothing returning 1`)
    if (made.length > 0) tx.announce(pageLoopChanged, pageId, null)
    return made.length > 0
  }
}

async function save(
  tx: WorkspaceContext,
  pageId: string,
  { mode, goal, limits }: { mode: LoopMode; goal: string; limits: Limits },
): Promise<Loop> {
  const now = tx.clock.now()
  await tx.db.query(sql`
    insert into "PageLoop" ("pageId", "mode", "goal", "limits", "createdAt", "updatedAt")
    values (${pageId}, ${mode}::"PageLoopMode", ${goal}, ${JSON.stringify(limits)}::jsonb, ${now}, ${now})
    on conflict ("workspaceId", "pageId")
    do update set "mode" = excluded."mode", "goal" = excluded."goal", "limits" = excluded."limits", "updatedAt" = excluded."updatedAt",
      "version" = "PageLoop"."version" + 1`)
  return getLoop(tx, pageId)
}

/**
 * Ends turns of a page that have not ended; what they ask for is asked for no longer.
 *
 * @param runId of one; all of them where left out
 * @returns how many there were
 */
async function cancelRuns(tx: SqlContext, pageId: string, runId: string | null = null): Promise<number> {
  const now = tx.clock.now()
  const runs = await tx.db.query<{ id: string }>(sql`
    update "PageLoopRun" set "status" = 'canceled', "finishedAt" = ${now}
    where "pageId" = ${pageId} and (${runId}::uuid is null or "id" = ${runId}) and "status" in ('waiting', 'running', 'approval') returning "id"`)
  const ids = runs.map(({ id }) => id)
  await tx.db.query(
    sql`update "PageLoopStep" set "status" = 'withdrawn' where "runId" = any(${ids}::uuid[]) and "status" = 'waiting'`,
  )
  await tx.db.query(sql`
    update "PageCandidate" set "status" = 'rejected', "decidedAt" = ${now}, "decidedByName" = ${tx.principal.name}
    where "runId" = any(${ids}::uuid[]) and "status" in ('proposed', 'approval')`)
  return ids.length
}

function refuseOtherGoal(page: LoopPage, goal: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === goal) return
  throw new ConflictError({
    en: `The experiment of the page "${page.title}" works for the goal "${goal}". To work for "${wanted}", complete it first, then turn the improvement on anew.`,
    fr: `L’expérience de la page « ${page.title} » vise l’objectif « ${goal} ». Pour viser « ${wanted} », terminez-la d’abord, puis réactivez l’amélioration.`,
  })
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T
}
