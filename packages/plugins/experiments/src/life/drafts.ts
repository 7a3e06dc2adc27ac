import {
  ConflictError,
  checkInput,
  InvalidInputError,
  joined,
  NotFoundError,
  refuseSavedMeanwhile,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { resultsChanged } from '../events.ts'
import type { Experiment } from '../experiment.ts'
import {
  type CheckedExperiment,
  type ExperimentChange,
  type ExperimentInput,
  experimentInput,
  inputOf,
} from '../experimentInput.ts'
import {
  changeExperiment,
  editedExperiment,
  getExperiment,
  lockExperiment,
  refuseTakenKey,
  writeNullable,
} from '../experimentRow.ts'
import type { JsonValue } from '../json.ts'
import type { Metric, MetricRole } from '../metrics/metric.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** Experiments before they run: everything about them may change. */
export class Drafts {
  readonly #metrics: Metrics

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** @throws InvalidInputError, ConflictError when the key is taken */
  async create(context: WorkspaceContext, input: ExperimentInput): Promise<Experiment> {
    const checked = checkInput(experimentInput, input)
    return context.transaction(async (tx) => {
      await refuseTakenKey(tx, checked.key)
      const id = uuidv7()
      const goals = await this.#goals(tx, checked)
      await checkHoldout(tx, checked.holdoutId)
      await tx.db.prisma.experiment.create({
        data: {
          ...columnsOf(checked),
          id,
          seed: id,
          variants: { create: inOrder(checked.variants) },
        },
      })
      const after = await this.#writeParts(tx, id, checked, goals)
      tx.audit({ resourceType: 'Experiment', resourceId: id, after })
      return after
    })
  }

  /**
   * @param expectedVersion refused where somebody has saved the draft since; without it the last one wins
   * @throws InvalidInputError, NotFoundError, ConflictError once it runs, when the key is taken, and where somebody saved first
   */
  async update(
    context: WorkspaceContext,
    id: string,
    change: ExperimentChange,
    expectedVersion?: number | null,
  ): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const before = await lockExperiment(tx, id)
      refuseStarted(before)
      await refuseSavedMeanwhile(tx, editedExperiment(before), expectedVersion)
      const goals = change.goal !== undefined && change.goals === undefined ? otherThanGoals(before) : {}
      // As a whole, because whether a field has a meaning depends on the others.
      const checked = checkInput(experimentInput, { ...inputOf(before), ...goals, ...change })
      if (checked.key !== before.key) await refuseTakenKey(tx, checked.key)
      await checkHoldout(tx, checked.holdoutId)
      const metrics = await this.#goals(tx, checked)
      if (change.variants) {
        await tx.db.prisma.experimentVariant.deleteMany({ where: { experimentId: id } })
        await tx.db.prisma.experimentVariant.createMany({
          data: inOrder(checked.variants).map((variant) => ({ ...variant, id: uuidv7(), experimentId: id })),
        })
      }
      await changeExperiment(tx, id, { ...columnsOf(checked), version: { increment: 1 } })
      const after = await this.#writeParts(tx, id, checked, metrics)
      tx.audit({ resourceType: 'Experiment', resourceId: id, before, after })
      tx.announce(resultsChanged, id, { experimentId: id })
      return after
    })
  }

  /**
   * A new draft like another experiment, whatever has become of that: with its live variants, without its results, its
   * dates and its forced subjects.
   *
   * @throws NotFoundError, InvalidInputError, ConflictError when the key is taken
   */
  async duplicate(context: WorkspaceContext, id: string, given: { key: string; name?: string }): Promise<Experiment> {
    const experiment = await getExperiment(context, id)
    const variants = experiment.variants.filter(({ retiredAt }) => retiredAt === null)
    return this.create(context, {
      ...inputOf({ ...experiment, variants, startsAt: null, stopsAt: null, forced: [] }),
      ...given,
    })
  }

  /** Finds what it is judged by, in order; the event that is named as goal comes first. */
  async #goals(tx: WorkspaceContext, { goal, goals }: CheckedExperiment): Promise<ChosenMetric[]> {
    const named =
      goal === undefined
        ? []
        : ([{ metric: await this.#metrics.ensureFor(tx, goal), role: 'goal' }] satisfies ChosenMetric[])
    const chosen = await Promise.all(
      goals.map(async ({ metricId, role }, index) => {
        const metric = await this.#metrics.get(tx, metricId).catch((error) => {
          if (!(error instanceof NotFoundError)) throw error
          throw InvalidInputError.of(`input.goals.${index}.metricId`, 'NOT_FOUND', error.told)
        })
        if (metric.archivedAt)
          throw InvalidInputError.of(`input.goals.${index}.metricId`, 'ARCHIVED', {
            en: `The metric "${metric.name}" is archived. Restore it, or take another.`,
            fr: `La métrique « ${metric.name} » est archivée. Restaurez-la, ou prenez-en une autre.`,
          })
        return { metric, role }
      }),
    )
    const others = chosen.filter(({ metric }) => metric.id !== named[0]?.metric.id)
    // The first goal decides, so goals stand before what is only watched.
    const rank = { goal: 0, secondary: 1, guardrail: 2 } as const
    return [...named, ...others].sort((a, b) => rank[a.role] - rank[b.role])
  }

  async #writeParts(
    tx: WorkspaceContext,
    id: string,
    { condition, activeHours }: CheckedExperiment,
    goals: readonly ChosenMetric[],
  ): Promise<Experiment> {
    await writeNullable(tx, id, { condition: condition as JsonValue, activeHours: activeHours as JsonValue })
    await tx.db.prisma.experimentGoal.deleteMany({ where: { experimentId: id } })
    await tx.db.prisma.experimentGoal.createMany({
      data: goals.map(({ metric, role }, position) => ({ experimentId: id, metricId: metric.id, role, position })),
    })
    return getExperiment(tx, id)
  }
}

interface ChosenMetric {
  readonly metric: Metric
  readonly role: MetricRole
}

function refuseStarted({ status, name }: Experiment): void {
  if (status === 'draft') return
  const why = {
    en: `The experiment "${name}" is ${status}. Only a draft can be changed: its results would mix two questions.`,
    fr: `L’expérience « ${name} » a démarré. Seul un brouillon peut être modifié : ses résultats mêleraient deux questions.`,
  }
  const way =
    status === 'running'
      ? {
          en: 'Weights, variants, coverage, condition and hours of one that runs are changed with changeRunningExperiment, which starts a new phase.',
          fr: 'Les poids, variantes, part, condition et heures d’une expérience en cours se changent par une nouvelle phase.',
        }
      : { en: 'Duplicate it to try something else.', fr: 'Dupliquez-la pour essayer autre chose.' }
  throw new ConflictError(joined([why, way]))
}

/** What stays of the metrics when another event becomes the goal. */
function otherThanGoals(experiment: Experiment): Pick<ExperimentInput, 'goals'> {
  return { goals: inputOf(experiment).goals?.filter(({ role }) => role !== 'goal') }
}

async function checkHoldout(tx: WorkspaceContext, holdoutId: string | null): Promise<void> {
  if (holdoutId === null) return
  const [holdout] = await tx.db.query<{ name: string; kind: string }>(
    sql`select "name", "kind" from "Experiment" where "id" = ${holdoutId}`,
  )
  if (!holdout)
    throw InvalidInputError.of('input.holdoutId', 'NOT_FOUND', new NotFoundError('experiment', holdoutId).told)
  if (holdout.kind !== 'holdout')
    throw InvalidInputError.of('input.holdoutId', 'NO_HOLDOUT', {
      en: `"${holdout.name}" is a ${holdout.kind}. Name an experiment of the kind holdout.`,
      fr: `« ${holdout.name} » n’est pas un groupe témoin. Nommez une expérience de ce type.`,
    })
}

/** The columns of a checked input that Prisma writes as they are. */
function columnsOf(checked: CheckedExperiment) {
  const { goal, goals, variants, condition, activeHours, namespace, ...columns } = checked
  return {
    ...columns,
    forced: columns.forced as object[],
    namespace: namespace?.name ?? null,
    namespaceFrom: namespace?.from ?? null,
    namespaceTo: namespace?.to ?? null,
  }
}

function inOrder<V extends { value: unknown }>(variants: readonly V[]) {
  return variants.map(({ value, ...variant }, position) => ({
    ...variant,
    // A null in JSON is no value.
    ...(value === null ? {} : { value: value as object }),
    position,
  }))
}
