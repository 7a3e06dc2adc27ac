import type { Condition } from './conditionLanguage.ts'
import type { Decision, Subject } from './decision.ts'
import { type Definition, Plan } from './plan.ts'

/** The experiments of a workspace at one instant, ready to decide. */
export class Snapshot {
  /** By id and by key. */
  readonly #plans = new Map<string, Plan>()
  readonly #all: readonly Plan[]

  /**
   * @param definitions holdouts in any place among them
   * @param before plans of unchanged definitions are taken over from it
   * @param onBroken hears of a definition that cannot be compiled, and is left out
   */
  constructor(
    definitions: readonly Definition[],
    compileCondition: (condition: unknown) => Condition,
    before?: Snapshot,
    onBroken?: (definition: Definition, error: unknown) => void,
  ) {
    const add = (definition: Definition) => {
      const holdout = definition.holdoutId === null ? undefined : this.#plans.get(definition.holdoutId)
      try {
        const known = before?.plan(definition.id)
        const plan = known?.isOf(definition, holdout) ? known : new Plan(definition, compileCondition, holdout)
        this.#plans.set(definition.key, plan).set(definition.id, plan)
      } catch (error) {
        onBroken?.(definition, error)
      }
    }
    const isHoldout = ({ kind }: Definition) => kind === 'holdout'
    definitions.filter(isHoldout).forEach(add)
    definitions.filter((definition) => !isHoldout(definition)).forEach(add)
    this.#all = definitions.flatMap(({ id }) => this.#plans.get(id) ?? [])
  }

  plan(idOrKey: string): Plan | undefined {
    return this.#plans.get(idOrKey)
  }

  get plans(): readonly Plan[] {
    return this.#all
  }

  /**
   * What a subject gets in one experiment, at once and without asking anybody.
   *
   * @param at milliseconds since 1970
   * @returns undefined when there is no such experiment
   */
  decide(idOrKey: string, subject: Subject, at: number): Decision | undefined {
    return this.#plans.get(idOrKey)?.decide(subject, at)
  }

  /** What a subject gets in all experiments but holdouts, which show nothing by themselves. */
  decideAll(subject: Subject, at: number): Decision[] {
    return this.#all.filter(({ definition }) => definition.kind !== 'holdout').map((plan) => plan.decide(subject, at))
  }
}
