import { type Awaitable, type Live, onceKnown, type SqlContext, type WorkspaceContext } from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'
import type { Assignment, Assignments } from './assignment/assignments.ts'
import type { Decision, Subject } from './assignment/decision.ts'
import { hashFraction } from './assignment/hashing.ts'
import type { Plan } from './assignment/plan.ts'
import { rememberedOf } from './assignment/remembered.ts'
import type { PageScript } from './browser/pageScript.ts'
import type { Counting, ExposureOutcome, ReportedExposure } from './counting/counting.ts'
import type { Exclusion } from './counting/excluded.ts'
import type { Measurement } from './counting/measurementLog.ts'
import { Bandits } from './decisions/bandits.ts'
import { type Rules, rulesOf } from './decisions/rules.ts'
import { type ToldVerdict, toldVerdicts } from './decisions/toldVerdict.ts'
import { Verdicts } from './decisions/verdicts.ts'
import { Winners } from './decisions/winners.ts'
import type { Experiment } from './experiment.ts'
import type { ExperimentChange, ExperimentInput } from './experimentInput.ts'
import { getExperiment, getExperiments } from './experimentRow.ts'
import { Imports } from './import/imports.ts'
import { Making } from './import/making.ts'
import { Drafts } from './life/drafts.ts'
import { Life } from './life/life.ts'
import type { LiveChangeInput } from './life/liveChange.ts'
import { LiveChanges } from './life/liveChanges.ts'
import { Metrics } from './metrics/metrics.ts'
import { Results } from './results/results.ts'
import type { ExperimentSettings } from './settings.ts'
import { compareProportions, type Proportion, type ProportionComparison } from './statistics/proportions.ts'

/** The service of the experiments plugin: what other plugins `use`. */
export class Experiments {
  /** Where results are announced. */
  readonly live: Live
  readonly metrics = new Metrics()
  readonly drafts: Drafts
  readonly life: Life
  readonly liveChanges: LiveChanges
  readonly verdicts: Verdicts
  readonly winners: Winners
  readonly bandits: Bandits
  /** Means, intervals and comparisons; by day, by slice; and whether they can be believed. */
  readonly results: Results
  readonly counting: Counting
  /** Experiments, flags and metrics of other services. */
  readonly imports: Imports
  readonly assignments: Assignments
  /** For pages that others serve. */
  readonly pageScript: PageScript
  readonly #settings: (context: SqlContext) => Promise<ExperimentSettings>

  constructor(
    live: Live,
    assignments: Assignments,
    counting: Counting,
    pageScript: PageScript,
    settings: (context: SqlContext) => Promise<ExperimentSettings>,
  ) {
    this.live = live
    this.counting = counting
    this.assignments = assignments
    this.pageScript = pageScript
    this.#settings = settings
    this.drafts = new Drafts(this.metrics)
    this.life = new Life(assignments, settings)
    this.imports = new Imports(new Making({ metrics: this.metrics, drafts: this.drafts, life: this.life }))
    this.liveChanges = new LiveChanges(this.life)
    this.winners = new Winners(this.life)
    this.results = new Results(settings)
    this.verdicts = new Verdicts({ life: this.life, winners: this.winners, results: this.results, settings })
    this.bandits = new Bandits(this.results, this.liveChanges)
  }

  /**
   * The variant that a subject gets: the same on every call while the experiment runs. Nothing is recorded:
   * the exposure counts when the tracker reports that the variant was seen.
   *
   * @returns undefined for a draft and for an experiment completed without a winner; after completion with
   * one, everyone gets the winner
   */
  assign(context: SqlContext, experimentId: string, subject: string): Promise<Assignment | undefined> {
    return this.assignments.assign(context, experimentId, subject)
  }

  /**
   * What a subject gets in an experiment, and why: with conditions, namespaces, holdouts and what it has already. Nothing
   * is recorded: report the decision's `exposures` once the subject has seen it.
   *
   * @param idOrKey of the experiment
   * @returns undefined when there is no such experiment
   */
  decide(context: SqlContext, idOrKey: string, subject: Subject): Promise<Decision | undefined> {
    return this.assignments.decide(context, idOrKey, subject)
  }

  /**
   * An experiment that is ready to decide, as it is now: for whoever wants to know what it asks of a subject first.
   *
   * @returns undefined when there is no such experiment
   */
  planOf(context: SqlContext, idOrKey: string): Awaitable<Plan | undefined> {
    return onceKnown(this.assignments.snapshot(context), (snapshot) => snapshot.plan(idOrKey))
  }

  /** What a subject gets in all experiments but holdouts. @see decide */
  decideAll(context: SqlContext, subject: Subject): Promise<Decision[]> {
    return this.assignments.decideAll(context, subject)
  }

  /**
   * The variants that a subject has met, experiment id → variant id: for `sticky`, where the caller has no cookie to keep
   * them in. It asks the database.
   */
  rememberedOf(
    context: SqlContext,
    experimentIds: readonly string[],
    subject: string,
  ): Promise<Record<string, string>> {
    return rememberedOf(context, experimentIds, subject)
  }

  /**
   * Whether a subject is among the first `share` of everybody under a key. As the share grows nobody leaves: who is in
   * 1 % is in 10 % too. Other keys put subjects in another order.
   *
   * @param share in [0, 1], in steps of 1/10,000
   */
  inShare(key: string, subject: string, share: number): boolean {
    return hashFraction(key, subject) < share
  }

  /** Is the treatment's rate another than the control's? Two-sided, at a confidence such as 0.95. */
  compare(control: Proportion, treatment: Proportion, confidence?: number): ProportionComparison {
    return compareProportions(control, treatment, confidence)
  }

  /** Counts new tracking events; runs in the transaction that logs them. */
  count(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
    return this.counting.count(tx, events)
  }

  /**
   * Records that subjects met variants, each once; trackers do it by themselves. @see Counting.expose
   *
   * @returns what became of each
   */
  expose(context: SqlContext, exposures: readonly ReportedExposure[]): Promise<ExposureOutcome[]> {
    return this.counting.expose(context, exposures)
  }

  /** Notes that a robot, or a subject forced to a variant, met an experiment: it does not count. Waits for nothing. */
  noteExcluded(context: SqlContext, experimentId: string, why: Exclusion): void {
    this.counting.noteExcluded(context, experimentId, why)
  }

  /** Counts what subjects did that no tracker saw. @see Counting.measure @returns how many were new */
  measure(context: SqlContext, measurements: readonly Measurement[]): Promise<number> {
    return this.counting.measure(context, measurements)
  }

  /** @throws NotFoundError */
  async get(context: WorkspaceContext, id: string): Promise<Experiment> {
    return getExperiment(context, id)
  }

  /** Experiments by their ids, read together; what is gone is not among them. */
  getMany(context: WorkspaceContext, ids: readonly string[]): Promise<ReadonlyMap<string, Experiment>> {
    return getExperiments(context, ids)
  }

  /** What a verdict of this experiment takes. */
  async rulesOf(context: SqlContext, experiment: Pick<Experiment, 'rules'>): Promise<Rules> {
    return rulesOf(experiment, await this.#settings(context))
  }

  /** The verdict of an experiment in words; undefined where it has none. */
  async toldVerdict(context: SqlContext, experimentId: string): Promise<ToldVerdict | undefined> {
    const [told] = await toldVerdicts(context, { experimentId })
    return told
  }

  /** Verdicts that nobody has acted on yet. */
  undecided(context: SqlContext): Promise<ToldVerdict[]> {
    return toldVerdicts(context, 'undecided')
  }

  /** Makes a draft. @throws InvalidInputError, ConflictError when the key is taken */
  async create(context: WorkspaceContext, input: ExperimentInput): Promise<Experiment> {
    return this.drafts.create(context, input)
  }

  /** Changes a draft. @throws InvalidInputError, NotFoundError, ConflictError once it runs or when the key is taken */
  async update(
    context: WorkspaceContext,
    id: string,
    change: ExperimentChange,
    expectedVersion?: number | null,
  ): Promise<Experiment> {
    return this.drafts.update(context, id, change, expectedVersion)
  }

  /** From draft to running. @throws NotFoundError, ConflictError when it is not a draft */
  async start(context: WorkspaceContext, id: string): Promise<Experiment> {
    return this.life.start(context, id)
  }

  /** Changes one that runs, in a new phase. @throws InvalidInputError, NotFoundError, ConflictError when it does not run */
  async changeRunning(
    context: WorkspaceContext,
    id: string,
    change: LiveChangeInput,
    expectedVersion?: number | null,
  ): Promise<Experiment> {
    return this.liveChanges.apply(context, id, change, expectedVersion)
  }

  /**
   * From running to completed; its counts no longer move.
   *
   * @param winner key of the variant that everyone gets from now on, or null for none
   * @throws NotFoundError, ConflictError when it does not run or has no such variant
   */
  async complete(context: WorkspaceContext, id: string, winner: string | null): Promise<Experiment> {
    return this.life.complete(context, id, winner)
  }
}
