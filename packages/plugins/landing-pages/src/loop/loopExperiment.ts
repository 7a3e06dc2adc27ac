import { ConflictError, sql, type WorkspaceContext } from '@espalier/core'
import { type Experiment, type Experiments, shownVariants } from '@espalier/experiments'
import { v7 as uuidv7 } from 'uuid'
import { controlFloor } from './brain/index.ts'
import type { LoopRules } from './rules.ts'

/** The page, as far as its experiment is concerned. */
interface PageOfLoop {
  readonly id: string
  readonly title: string
  /** Of the page: that of its visitors, and likely of those who look after it. */
  readonly language: string
  readonly experimentId: string | null
}

/** The bandit that a loop feeds, and the hold-back beside it. */
export interface LoopPair {
  readonly experimentId: string
  readonly holdoutId: string
}

/** A variant with its share of the visitors, and how large that may become. */
export interface NewArm {
  readonly key: string
  readonly weight?: number
  /** In (0, 1]. */
  readonly ceiling?: number
}

/** Between two updates of the weights. Hours. */
const cadenceHours = 6

/** Visitors that each variant needs before weights move. */
const minSubjects = 100

/** Experiments as a loop needs them: a bandit under a hold-back, whose first variant is the original. */
export class LoopExperiments {
  readonly #experiments: Experiments

  constructor(experiments: Experiments) {
    this.#experiments = experiments
  }

  /** The experiment of a page while it runs; undefined without one, and once it has ended. */
  async running(context: WorkspaceContext, experimentId: string | null): Promise<Experiment | undefined> {
    if (experimentId === null) return undefined
    const experiment = await this.#experiments.get(context, experimentId)
    return experiment.status === 'running' ? experiment : undefined
  }

  /**
   * The experiment that a page has and that a loop can go on with: a bandit under a hold-back, a draft of a bandit, or none.
   *
   * @throws ConflictError for one that asks another question, and one that other pages show, too
   */
  async adoptable(context: WorkspaceContext, page: PageOfLoop, firstKey: string): Promise<Experiment | undefined> {
    if (page.experimentId === null) return undefined
    const experiment = await this.#experiments.get(context, page.experimentId)
    const { name, kind, status, holdoutId, variants } = experiment
    if (status === 'completed' || status === 'archived') return undefined
    if (kind !== 'bandit')
      throw new ConflictError({
        en: `The experiment "${name}" of this page is a ${kind} that has not ended. Complete it, or take it off the page, then let the page improve itself.`,
        fr: `L’expérience « ${name} » de cette page n’est pas terminée. Terminez-la, ou retirez-la de la page, puis laissez la page s’améliorer.`,
      })
    if (status === 'paused')
      throw new ConflictError({
        en: `The bandit "${name}" of this page is paused. Resume it, then let the page improve itself.`,
        fr: `Le bandit « ${name} » de cette page est en pause. Reprenez-le, puis laissez la page s’améliorer.`,
      })
    if (status === 'running' && holdoutId === null)
      throw new ConflictError({
        en: `The bandit "${name}" of this page runs without a hold-back, and nothing would say what the loop has earned. Complete it, then let the page improve itself.`,
        fr: `Le bandit « ${name} » de cette page tourne sans groupe témoin : rien ne dirait ce que la boucle a rapporté. Terminez-le, puis laissez la page s’améliorer.`,
      })
    if (variants[0]?.key !== firstKey)
      throw new ConflictError({
        en: `"${variants[0]?.key}" is the control of the bandit "${name}", and "${firstKey}" the first variant of the page. Put "${variants[0]?.key}" first.`,
        fr: `« ${variants[0]?.key} » est la référence du bandit « ${name} », et « ${firstKey} » la première variante de la page. Mettez « ${variants[0]?.key} » en premier.`,
      })
    const [other] = await context.db.query<{ title: string }>(sql`
      select "title" from "Page" where "experimentId" = ${experiment.id} and "id" <> ${page.id} and "status" <> 'archived' limit 1`)
    if (other)
      throw new ConflictError({
        en: `The page "${other.title}" shows the bandit "${name}", too, and would not have the versions that this page brings in. Take it off one of them, then let the page improve itself.`,
        fr: `La page « ${other.title} » montre aussi le bandit « ${name} », et n’aurait pas les versions que celle-ci apporte. Retirez-le de l’une des deux, puis laissez la page s’améliorer.`,
      })
    return experiment
  }

  /** Makes the bandit and, unless there is one, the hold-back, and starts both. @param arms the first is the original */
  async begin(
    tx: WorkspaceContext,
    page: PageOfLoop,
    {
      goal,
      rules,
      arms,
      holdoutId,
    }: { goal: string; rules: LoopRules; arms: readonly NewArm[]; holdoutId: string | null },
  ): Promise<LoopPair> {
    const mark = uuidv7().slice(-12)
    // One that somebody has ended holds nobody back, and one for another goal says nothing about this one.
    const kept = await this.running(tx, holdoutId)
    const holdBack =
      kept && goalOf(kept) === goal ? kept.id : await this.#holdBack(tx, page, { goal, share: rules.holdback, mark })
    const { id } = await this.#experiments.create(tx, {
      key: `improve-${mark}`,
      name: (page.language === 'fr' ? `${page.title} s’améliore` : `${page.title} improves itself`).slice(0, 120),
      kind: 'bandit',
      goal,
      holdoutId: holdBack,
      variants: arms.map((arm, index) => ({
        ...{ ...arm, name: arm.key },
        ...(index === 0 ? { floor: Math.max(controlFloor, rules.floor) } : {}),
      })),
      bandit: { cadenceHours, minSubjects, floor: rules.floor },
      rules: { maxDays: 730 },
    })
    await this.#experiments.start(tx, id)
    return { experimentId: id, holdoutId: holdBack }
  }

  /** Goes on with a bandit that the page has. @returns what it is judged by, too */
  async adopt(
    tx: WorkspaceContext,
    page: PageOfLoop,
    experiment: Experiment,
    { rules }: { rules: LoopRules },
  ): Promise<LoopPair & { goal: string }> {
    const goal = goalOf(experiment)
    if (!goal)
      throw new ConflictError({
        en: `The bandit "${experiment.name}" of this page works for no conversion. Give it a goal that visitors reach, or take it off the page.`,
        fr: `Le bandit « ${experiment.name} » de cette page ne vise aucune conversion. Donnez-lui un objectif que des visiteurs atteignent, ou retirez-le de la page.`,
      })
    const { id } = experiment
    if (experiment.holdoutId !== null && experiment.status === 'running')
      return { experimentId: id, holdoutId: experiment.holdoutId, goal }
    const holdoutId =
      experiment.holdoutId ??
      (await this.#holdBack(tx, page, { goal, share: rules.holdback, mark: uuidv7().slice(-12) }))
    if (experiment.holdoutId === null) await this.#experiments.update(tx, id, { holdoutId })
    await this.#experiments.start(tx, id)
    return { experimentId: id, holdoutId, goal }
  }

  /** Gives a new variant its share of the visitors, and no more until it has earned it. */
  async add(tx: WorkspaceContext, experiment: Experiment, key: string, share: number): Promise<void> {
    const others = shownVariants(experiment).reduce((sum, { weight }) => sum + weight, 0)
    await this.#experiments.changeRunning(tx, experiment.id, {
      add: [{ key, name: key, weight: (others * share) / (1 - share), ceiling: share }],
      why: 'A variant that the page’s loop made.',
    })
  }

  /** Nobody gets the variant any more. @returns whether the experiment goes on: not where only the original would be left */
  async retire(tx: WorkspaceContext, experiment: Experiment, key: string, why: string): Promise<boolean> {
    if (shownVariants(experiment).length <= 2) {
      await this.#experiments.complete(tx, experiment.id, null)
      return false
    }
    await this.#experiments.changeRunning(tx, experiment.id, { retire: [key], why })
    return true
  }

  /** How large a variant's share may become. @param ceiling in (0, 1] */
  async setCeiling(tx: WorkspaceContext, experiment: Experiment, key: string, ceiling: number): Promise<void> {
    const variant = shownVariants(experiment).find((candidate) => candidate.key === key)
    if (!variant) return
    await this.#experiments.changeRunning(tx, experiment.id, {
      weights: [{ variant: key, weight: variant.weight, ceiling }],
    })
  }

  /** The least share of a variant, from the bandit's next update on. @param floor in [0, 1) */
  async setFloor(tx: WorkspaceContext, experiment: Experiment, key: string, floor: number): Promise<void> {
    const variant = shownVariants(experiment).find((candidate) => candidate.key === key)
    if (!variant) return
    await this.#experiments.changeRunning(tx, experiment.id, {
      weights: [{ variant: key, weight: variant.weight, floor }],
    })
  }

  async #holdBack(
    tx: WorkspaceContext,
    page: PageOfLoop,
    { goal, share, mark }: { goal: string; share: number; mark: string },
  ): Promise<string> {
    const { id } = await this.#experiments.create(tx, {
      key: `hold-back-${mark}`,
      name: (page.language === 'fr' ? `Témoins de ${page.title}` : `Hold-back of ${page.title}`).slice(0, 120),
      kind: 'holdout',
      goal,
      variants: [
        { key: 'general', name: page.language === 'fr' ? 'Tous les autres' : 'Everybody else', weight: 1 - share },
        { key: 'held-back', name: page.language === 'fr' ? 'Voit l’original' : 'Sees the original', weight: share },
      ],
      rules: { maxDays: 730 },
    })
    await this.#experiments.start(tx, id)
    return id
  }
}

/** The goal that an experiment works for, where that is a conversion. */
export function goalOf({ goals }: Experiment): string | undefined {
  const first = goals.find(({ role }) => role === 'goal')
  return first?.metric.kind === 'conversion' ? (first.metric.event ?? undefined) : undefined
}
