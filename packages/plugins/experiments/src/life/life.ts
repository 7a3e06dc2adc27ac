import { ConflictError, type SqlContext, type Told, type WorkspaceContext } from '@espalier/core'
import type { Assignments } from '../assignment/assignments.ts'
import { type DecisionKind, recordDecision } from '../decisions/decisionTrail.ts'
import type { Reason } from '../decisions/reason.ts'
import { rulesOf } from '../decisions/rules.ts'
import {
  experimentCompleted,
  experimentPaused,
  experimentResumed,
  experimentStarted,
  phaseBegan,
  resultsChanged,
} from '../events.ts'
import { type Experiment, type ExperimentStatus, liveVariants } from '../experiment.ts'
import { changeExperiment, getExperiment, lockExperiment } from '../experimentRow.ts'
import type { ExperimentSettings } from '../settings.ts'
import { refuseOverlap } from './namespaces.ts'
import { beginPhase, endPhase, isSameQuestion, type PhaseReason } from './phases.ts'
import { forgetQuestion } from './question.ts'

/** What becomes of experiments: draft → running ⇄ paused → completed, and archived. */
export class Life {
  readonly #assignments: Pick<Assignments, 'forget'>
  readonly #settings: (context: SqlContext) => Promise<ExperimentSettings>

  constructor(
    assignments: Pick<Assignments, 'forget'>,
    settings: (context: SqlContext) => Promise<ExperimentSettings>,
  ) {
    this.#assignments = assignments
    this.#settings = settings
  }

  /**
   * From draft to running, in its first phase.
   *
   * @throws NotFoundError, ConflictError when it is no draft, its end has passed, or its part of a namespace is taken
   */
  async start(context: WorkspaceContext, id: string, reason: Reason = { code: 'STARTED' }): Promise<Experiment> {
    return this.#transition(
      context,
      id,
      ['draft'],
      {
        en: 'Only a draft can be started: duplicate it to run it again.',
        fr: 'Seul un brouillon peut démarrer : dupliquez-la pour la refaire.',
      },
      async (tx, before) => {
        const now = tx.clock.now()
        if (before.stopsAt && before.stopsAt <= now)
          throw new ConflictError({
            en: `The experiment "${before.name}" was to stop at ${before.stopsAt.toISOString()}, which is past. Change stopsAt, or clear it, then start it.`,
            fr: `L’expérience « ${before.name} » devait s’arrêter le ${before.stopsAt.toISOString()}, qui est passé. Changez ou effacez cette date, puis démarrez-la.`,
          })
        await refuseOverlap(tx, before)
        // Settled now: who changes what a verdict takes after having seen results decides by them.
        const rules = rulesOf(before, await this.#settings(tx))
        if (rules.minDays > rules.maxDays)
          throw new ConflictError({
            en: `The experiment "${before.name}" would be over after ${rules.maxDays} days, before it may decide after ${rules.minDays}. Change minDays or maxDays of its rules.`,
            fr: `L’expérience « ${before.name} » serait finie après ${rules.maxDays} jours, avant de pouvoir conclure après ${rules.minDays}. Changez la durée minimale ou maximale de ses règles.`,
          })
        const started = await changeExperiment(tx, id, { status: 'running', startedAt: now, rules })
        const after = await this.enterPhase(tx, started, 'started')
        await tx.publish(experimentStarted, { experimentId: id })
        return { after, kind: 'start', reasons: [reason] }
      },
    )
  }

  /** From running to paused: nobody is assigned and nothing counts. @throws NotFoundError, ConflictError */
  async pause(context: WorkspaceContext, id: string, why?: string): Promise<Experiment> {
    return this.#transition(
      context,
      id,
      ['running'],
      { en: 'Only one that runs can be paused.', fr: 'Seule une expérience en cours peut être mise en pause.' },
      async (tx) => {
        await endPhase(tx, id, tx.clock.now())
        const after = await changeExperiment(tx, id, { status: 'paused' })
        await tx.publish(experimentPaused, { experimentId: id })
        return { after, kind: 'pause', reasons: [{ code: 'PAUSED' }, ...said(why)] }
      },
    )
  }

  /** From paused to running, in a new phase. @throws NotFoundError, ConflictError */
  async resume(context: WorkspaceContext, id: string): Promise<Experiment> {
    return this.#transition(
      context,
      id,
      ['paused'],
      { en: 'Only one that is paused can be resumed.', fr: 'Seule une expérience en pause peut reprendre.' },
      async (tx, before) => {
        await refuseOverlap(tx, before)
        const running = await changeExperiment(tx, id, { status: 'running' })
        const after = await this.enterPhase(tx, running, 'resumed')
        await tx.publish(experimentResumed, { experimentId: id })
        return { after, kind: 'resume', reasons: [{ code: 'RESUMED' }, { code: 'PHASE', number: after.phase }] }
      },
    )
  }

  /**
   * From running or paused to completed; its counts no longer move.
   *
   * @param winner key of the variant that everyone gets from now on, or null for none
   * @param decision what is written down of it, where it is more than that it was completed
   * @throws NotFoundError, ConflictError when it does not run or has no such variant
   */
  async complete(
    context: WorkspaceContext,
    id: string,
    winner: string | null,
    decision: CompletionDecision = { kind: 'stop', reasons: [{ code: 'COMPLETED', winner }] },
  ): Promise<Experiment> {
    const way = { en: 'Only one that runs can be completed.', fr: 'Seule une expérience en cours peut être terminée.' }
    return this.#transition(context, id, ['running', 'paused'], way, (tx, before) => end(tx, before, winner, decision))
  }

  /**
   * Makes one variant what everyone gets: completes the experiment or, where it has stopped without a winner, gives it one.
   *
   * @throws NotFoundError, ConflictError when it has not run, has a winner, or has no such variant
   */
  async crown(
    context: WorkspaceContext,
    id: string,
    winner: string,
    decision: CompletionDecision,
  ): Promise<Experiment> {
    const way = {
      en: 'Only one that has started, and is not put away, gets a winner.',
      fr: 'Seule une expérience démarrée, et non archivée, reçoit un gagnant.',
    }
    return this.#transition(context, id, ['running', 'paused', 'completed'], way, (tx, before) => {
      if (before.winner !== null)
        throw new ConflictError({
          en: `In the experiment "${before.name}" everyone gets "${before.winner}" already. Take that back with revertWinner first.`,
          fr: `Dans l’expérience « ${before.name} », tout le monde reçoit déjà « ${before.winner} ». Annulez d’abord ce gagnant.`,
        })
      return end(tx, before, winner, decision)
    })
  }

  /** Puts a draft or a completed experiment away; a winner goes on being what everyone gets. @throws NotFoundError, ConflictError */
  async archive(context: WorkspaceContext, id: string): Promise<Experiment> {
    const way = {
      en: 'Only a draft or a completed one can be archived: complete it first.',
      fr: 'Seul un brouillon ou une expérience terminée peut être archivé : terminez-la d’abord.',
    }
    return this.#transition(context, id, ['draft', 'completed'], way, async (tx) => ({
      after: await changeExperiment(tx, id, { status: 'archived' }),
    }))
  }

  /** Takes an archived experiment back to what it was. @throws NotFoundError, ConflictError */
  async unarchive(context: WorkspaceContext, id: string): Promise<Experiment> {
    const way = {
      en: 'Only an archived one can be taken back.',
      fr: 'Seule une expérience archivée peut être reprise.',
    }
    return this.#transition(context, id, ['archived'], way, async (tx, { completedAt }) => ({
      after: await changeExperiment(tx, id, { status: completedAt === null ? 'draft' : 'completed' }),
    }))
  }

  /**
   * Takes back that everyone gets the winner: it runs again, in a new phase that asks its question anew.
   *
   * @throws NotFoundError, ConflictError when it was not completed with a winner
   */
  async revert(context: WorkspaceContext, id: string, why?: string): Promise<Experiment> {
    const way = {
      en: 'Only one that was completed with a winner can be reverted.',
      fr: 'Seule une expérience terminée avec un gagnant peut être annulée.',
    }
    return this.#transition(context, id, ['completed'], way, async (tx, before) => {
      const { winner } = before
      if (winner === null)
        throw new ConflictError({
          en: `The experiment "${before.name}" was completed without a winner. Duplicate it to run it again.`,
          fr: `L’expérience « ${before.name} » s’est terminée sans gagnant. Dupliquez-la pour la refaire.`,
        })
      await refuseOverlap(tx, before)
      const running = await changeExperiment(tx, id, {
        status: 'running',
        winner: null,
        completedAt: null,
        // Else it would stop again within the minute.
        ...(before.stopsAt && before.stopsAt <= tx.clock.now() ? { stopsAt: null } : {}),
      })
      const after = await this.enterPhase(tx, running, 'reverted')
      await tx.publish(experimentResumed, { experimentId: id })
      return {
        after,
        kind: 'revert',
        reasons: [
          { code: 'REVERTED', variant: winner },
          { code: 'PHASE', number: after.phase },
          { code: 'NEW_QUESTION' },
          ...said(why),
        ],
      }
    })
  }

  /** Begins a phase of an experiment that the transaction holds and has changed. */
  async enterPhase(tx: WorkspaceContext, experiment: Experiment, reason: PhaseReason): Promise<Experiment> {
    const after = await beginPhase(tx, experiment, reason)
    await tx.publish(phaseBegan, { experimentId: after.id, phase: after.phase, reason })
    if (isSameQuestion(reason) || reason === 'started') return after
    await forgetQuestion(tx, after.id)
    return getExperiment(tx, after.id)
  }

  /** Tells everybody about a change that the transaction has made. */
  changed(tx: WorkspaceContext, before: Experiment, after: Experiment): void {
    tx.audit({ resourceType: 'Experiment', resourceId: after.id, before, after })
    tx.announce(resultsChanged, after.id, { experimentId: after.id })
    tx.afterCommit(() => this.#assignments.forget(tx.workspaceId))
  }

  async #transition(
    context: WorkspaceContext,
    id: string,
    from: readonly ExperimentStatus[],
    way: Told,
    work: (tx: WorkspaceContext, before: Experiment) => Promise<Transition>,
  ): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const before = await lockExperiment(tx, id)
      if (!from.includes(before.status))
        throw new ConflictError({
          en: `The experiment "${before.name}" is ${before.status}. ${way.en}`,
          fr: `L’expérience « ${before.name} » ne le permet pas en l’état. ${way.fr}`,
        })
      const { after, kind, reasons = [], inputs = {}, outputs = {} } = await work(tx, before)
      if (kind)
        await recordDecision(tx, after, {
          kind,
          inputs: { status: before.status, ...inputs },
          outputs: { status: after.status, ...outputs },
          reasons,
        })
      this.changed(tx, before, after)
      return after
    })
  }
}

/** What is written down of an end. */
interface CompletionDecision {
  readonly kind: DecisionKind
  readonly inputs?: object
  readonly reasons: readonly Reason[]
}

async function end(
  tx: WorkspaceContext,
  before: Experiment,
  winner: string | null,
  decision: CompletionDecision,
): Promise<Transition> {
  const keys = liveVariants(before).map(({ key }) => key)
  if (winner !== null && !keys.includes(winner))
    throw new ConflictError({
      en: `"${winner}" is no variant of "${before.name}". Its variants are: ${keys.join(', ')}.`,
      fr: `« ${winner} » n’est pas une variante de « ${before.name} ». Ses variantes sont : ${keys.join(', ')}.`,
    })
  const completedAt = before.completedAt ?? tx.clock.now()
  await endPhase(tx, before.id, completedAt)
  const after = await changeExperiment(tx, before.id, { status: 'completed', completedAt, winner })
  await tx.publish(experimentCompleted, { experimentId: before.id, winner })
  return { after, ...decision, outputs: { winner } }
}

interface Transition {
  readonly after: Experiment
  /** Without it nothing is written down but the audit trail. */
  readonly kind?: DecisionKind
  readonly reasons?: readonly Reason[]
  readonly inputs?: object
  readonly outputs?: object
}

/** What a person said, as a reason. */
export function said(why: string | undefined): Reason[] {
  const text = why?.trim()
  return text ? [{ code: 'WHY', text }] : []
}
