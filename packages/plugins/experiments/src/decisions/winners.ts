import { ConflictError, InvalidInputError, type WorkspaceContext } from '@espalier/core'
import { type Experiment, liveVariants } from '../experiment.ts'
import { lockExperiment } from '../experimentRow.ts'
import { type Life, said } from '../life/life.ts'
import { reachedVerdict } from './verdict.ts'

/** Makes one variant what everyone gets, and takes it back. */
export class Winners {
  readonly #life: Life

  constructor(life: Life) {
    this.#life = life
  }

  /**
   * Carries out the verdict: everyone gets the winner, or the control where the others lost.
   *
   * @throws NotFoundError, ConflictError when no verdict was reached, it names no variant, or it was carried out
   */
  async apply(context: WorkspaceContext, id: string): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const experiment = await lockExperiment(tx, id)
      const verdict = reachedVerdict(experiment)
      if (!verdict?.variant)
        throw new ConflictError(
          verdict
            ? {
                en: `The experiment "${experiment.name}" is inconclusive, so there is nothing to apply. Complete it, or force a winner and say why.`,
                fr: `L’expérience « ${experiment.name} » n’est pas concluante : il n’y a rien à appliquer. Terminez-la, ou imposez un gagnant en disant pourquoi.`,
              }
            : {
                en: `The experiment "${experiment.name}" has no verdict yet. Determine it first, or force a winner and say why.`,
                fr: `L’expérience « ${experiment.name} » n’a pas encore de verdict. Déterminez-le d’abord, ou imposez un gagnant en disant pourquoi.`,
              },
        )
      return this.#life.crown(tx, id, verdict.variant, {
        kind: 'winner',
        inputs: { verdict },
        reasons: [{ code: 'APPLIED', variant: verdict.variant }, ...verdict.reasons],
      })
    })
  }

  /**
   * Declares a variant the winner whatever the verdict is.
   *
   * @param why kept with the decision, and not empty
   * @throws InvalidInputError, NotFoundError, ConflictError when it has not started or has a winner
   */
  async force(context: WorkspaceContext, id: string, variant: string, why: string): Promise<Experiment> {
    if (why.trim() === '')
      throw InvalidInputError.of('why', 'EMPTY', {
        en: 'Is empty. Say why this variant wins: others will ask.',
        fr: 'Est vide. Dites pourquoi cette variante gagne : on vous le demandera.',
      })
    return context.transaction(async (tx) => {
      const experiment = await lockExperiment(tx, id)
      const live = liveVariants(experiment).map(({ key }) => key)
      if (!live.includes(variant))
        throw InvalidInputError.of('variant', 'NOT_FOUND', {
          en: `"${variant}" is no variant that takes part in "${experiment.name}". They are: ${live.join(', ')}.`,
          fr: `« ${variant} » n’est pas une variante qui participe à « ${experiment.name} ». Participent : ${live.join(', ')}.`,
        })
      return this.#life.crown(tx, id, variant, {
        kind: 'winner',
        inputs: { verdict: reachedVerdict(experiment) ?? null },
        reasons: [{ code: 'FORCED', variant }, ...said(why)],
      })
    })
  }

  /** Takes back that everyone gets the winner: it runs again, in a new phase. @throws NotFoundError, ConflictError */
  async revert(context: WorkspaceContext, id: string, why?: string): Promise<Experiment> {
    return this.#life.revert(context, id, why)
  }
}
