import { ConflictError, type SqlContext, type SystemContext, sql, type WorkspaceContext } from '@espalier/core'
import { verdictReached } from '../events.ts'
import type { Experiment } from '../experiment.ts'
import { getExperiment, lockExperiment, writeNullable } from '../experimentRow.ts'
import type { JsonValue } from '../json.ts'
import type { Life } from '../life/life.ts'
import { spansOf, spansOfMany } from '../life/phases.ts'
import { walkDue } from '../life/walkDue.ts'
import type { ExperimentResults } from '../results/experimentResults.ts'
import type { Results } from '../results/results.ts'
import type { ExperimentSettings } from '../settings.ts'
import { recordDecision } from './decisionTrail.ts'
import { evidenceOf } from './evidence.ts'
import { keepLook } from './looks.ts'
import { rulesOf } from './rules.ts'
import { isReached, judge, type ReachedVerdict, reachedVerdict, type Verdict } from './verdict.ts'
import type { Winners } from './winners.ts'

interface VerdictParts {
  readonly life: Life
  readonly results: Pick<Results, 'of' | 'ofMany'>
  readonly winners: Winners
  readonly settings: (context: SqlContext) => Promise<ExperimentSettings>
}

/** What experiments have shown so far. */
export class Verdicts {
  readonly #parts: VerdictParts

  constructor(parts: VerdictParts) {
    this.#parts = parts
  }

  /** The verdict that was reached, or what is to be said until then. */
  async of(context: WorkspaceContext, experiment: Experiment): Promise<Verdict & { phase: number; at: string | null }> {
    const reached = reachedVerdict(experiment)
    if (reached) return reached
    const { verdict } = await this.#judge(context, experiment)
    return { ...verdict, phase: experiment.phase, at: null }
  }

  /** The same of many experiments, read together. @returns by the experiment's id, without drafts and holdouts */
  async ofMany(
    context: WorkspaceContext,
    experiments: readonly Experiment[],
  ): Promise<ReadonlyMap<string, Verdict & { phase: number; at: string | null }>> {
    const judged = experiments.filter(({ phase, kind }) => phase > 0 && kind !== 'holdout')
    const open = judged.filter((experiment) => !reachedVerdict(experiment))
    const [results, spans, settings] = await Promise.all([
      this.#parts.results.ofMany(context, open),
      spansOfMany(
        context,
        open.map(({ id }) => id),
      ),
      this.#parts.settings(context),
    ])
    const now = context.clock.now()
    return new Map(
      judged.map((experiment): [string, Verdict & { phase: number; at: string | null }] => {
        const { id, phase } = experiment
        const reached = reachedVerdict(experiment)
        if (reached) return [id, reached]
        const evidence = evidenceOf(experiment, results.get(id) as ExperimentResults, spans.get(id) ?? [], now)
        return [id, { ...judge(evidence, rulesOf(experiment, settings)), phase, at: null }]
      }),
    )
  }

  /**
   * Looks at the results now and keeps what the look showed; changes nothing else, unless the rules say that a verdict
   * is applied by itself. A verdict that was reached before stays.
   *
   * @throws NotFoundError, ConflictError before the start
   */
  async determine(context: WorkspaceContext, id: string): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const before = await lockExperiment(tx, id)
      if (before.phase === 0)
        throw new ConflictError({
          en: `The experiment "${before.name}" has not started, so there is nothing to judge. Start it first.`,
          fr: `L’expérience « ${before.name} » n’a pas démarré : il n’y a rien à juger. Démarrez-la d’abord.`,
        })
      if (before.kind === 'holdout')
        throw new ConflictError({
          en: `"${before.name}" is a holdout: it measures what others do together, and nobody wins. Read its results instead.`,
          fr: `« ${before.name} » est un groupe témoin : il mesure l’effet d’ensemble des autres, et personne ne gagne. Lisez plutôt ses résultats.`,
        })
      if (reachedVerdict(before)) return before
      return this.#look(tx, before, true)
    })
  }

  /** The look before it stops, of an experiment that the transaction holds; not where nobody can win any more. */
  async lookLast(tx: WorkspaceContext, id: string): Promise<Experiment> {
    const experiment = await getExperiment(tx, id)
    const isOpen = experiment.kind !== 'holdout' && !reachedVerdict(experiment)
    return isOpen ? this.#look(tx, experiment, true) : experiment
  }

  /** Looks at every experiment that runs without a verdict. One that fails does not hold up the others. */
  async determineAll(system: SystemContext): Promise<{ looked: number; reached: number; failed: number }> {
    const outcome = { looked: 0, reached: 0, failed: 0 }
    const open = sql`"status" = 'running' and "kind" <> 'holdout' and "verdict" is null`
    outcome.failed = await walkDue(system, open, async (context, id) => {
      const reached = await context.transaction(async (tx) => {
        const before = await lockExperiment(tx, id)
        // Somebody may have been here since it was found.
        if (before.status !== 'running' || reachedVerdict(before)) return undefined
        return reachedVerdict(await this.#look(tx, before, false)) !== undefined
      })
      if (reached !== undefined) outcome.looked += 1
      if (reached) outcome.reached += 1
    })
    return outcome
  }

  /** @param always whether a look that shows nothing new is written down too */
  async #look(tx: WorkspaceContext, before: Experiment, always: boolean): Promise<Experiment> {
    const { verdict, evidence, rules, results } = await this.#judge(tx, before)
    await keepLook(tx, results)
    const decision = {
      kind: 'verdict',
      inputs: { evidence, rules },
      outputs: { state: verdict.state, variant: verdict.variant },
      reasons: verdict.reasons,
    } as const
    if (!isReached(verdict)) {
      if (always || verdict.state !== (await lastState(tx, before))) await recordDecision(tx, before, decision)
      return before
    }
    const reached: ReachedVerdict = { ...verdict, phase: before.phase, at: tx.clock.now().toISOString() }
    await writeNullable(tx, before.id, { verdict: reached as unknown as JsonValue })
    await recordDecision(tx, before, decision)
    const { state, variant } = verdict
    await tx.publish(verdictReached, {
      experimentId: before.id,
      phase: before.phase,
      state: state as 'winner',
      variant,
    })
    const after = await getExperiment(tx, before.id)
    this.#parts.life.changed(tx, before, after)
    const applies = rules.autoApply && variant !== null && (before.status === 'running' || before.status === 'paused')
    return applies ? this.#parts.winners.apply(tx, before.id) : after
  }

  async #judge(context: WorkspaceContext, experiment: Experiment) {
    const rules = rulesOf(experiment, await this.#parts.settings(context))
    const results = await this.#parts.results.of(context, experiment)
    const phases = await spansOf(context, experiment.id)
    const evidence = evidenceOf(experiment, results, phases, context.clock.now())
    return { verdict: judge(evidence, rules), evidence, rules, results }
  }
}

/** What the last look of this phase showed, as far as it was written down. */
async function lastState(tx: WorkspaceContext, { id, phase }: Experiment): Promise<string> {
  const [last] = await tx.db.query<{ state: string }>(sql`
    select "outputs"->>'state' as "state" from "ExperimentDecision"
    where "experimentId" = ${id} and "kind" = 'verdict' and "phase" = ${phase} order by "id" desc limit 1`)
  return last?.state ?? 'collecting'
}
