import { type SqlContext, sql } from '@espalier/core'
import { storable } from '../variables.ts'

/** Ends a run before its time, for a reason that is told. What was found until then counts. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Ends a run that another hand has ended already: a person stopped it. */
export class Ended extends Error {
  override readonly name = 'Ended'
}

/** What a step gives, and what it cost. Millionths of a US dollar; null where the model has no price. */
export interface Step<T> {
  readonly value: T
  readonly costMicros: number | null
  readonly calls: number
  /** Of the calls, those that may have been paid for without our knowing the price: taken to cost what the dearest did. */
  readonly unknownCosts: number
}

/**
 * What an evolution has done, step by step, in its row. A step that is there is not done again: whoever begins anew after a
 * crash walks the same way over what is kept. A step that had left when the process died asks again under the same
 * idempotency key, so nothing is paid for twice, and its cost is added together with its result, so nothing is counted twice.
 */
export class Journal {
  readonly #context: SqlContext
  readonly #id: string
  readonly #steps: Map<string, KeptStep>
  readonly #budgetMicros: number
  #spentMicros: number
  /** What the steps may cost that have left and are not kept yet. */
  #underWay = 0
  /** The dearest step of a kind so far: what the next one may cost. */
  readonly #dearest = new Map<string, number>()

  constructor(
    context: SqlContext,
    run: { id: string; budgetMicros: number; spentMicros: number; steps: Readonly<Record<string, KeptStep>> },
  ) {
    this.#context = context
    this.#id = run.id
    this.#budgetMicros = run.budgetMicros
    this.#spentMicros = run.spentMicros
    this.#steps = new Map(Object.entries(run.steps))
    for (const [key, step] of this.#steps) this.#remember(key, step.cost)
  }

  /**
   * What a step gives: from the journal, or by doing it.
   *
   * @throws Stopped where the budget does not allow another; Ended where the evolution runs no more; what `work` throws
   */
  async step<T>(key: string, work: () => Promise<Step<T>>): Promise<T> {
    const known = this.#steps.get(key)
    if (known) return known.value as T
    const mayCost = this.#mayCost(key)
    if (this.#spentMicros >= this.#budgetMicros || this.#spentMicros + this.#underWay + mayCost > this.#budgetMicros)
      throw new Stopped(
        `The budget of ${this.#budgetMicros} millionths of a US dollar does not allow another step: ${this.#spentMicros} are spent, and the next step may cost ${mayCost}. Start another evolution with a larger budget.`,
      )
    this.#underWay += mayCost
    try {
      const { value, costMicros, calls, unknownCosts } = await work()
      const cost = costMicros === null && unknownCosts === 0 ? null : (costMicros ?? 0) + unknownCosts * mayCost
      const kept = storable({ value, cost, calls }) as KeptStep
      await this.#keep(key, kept)
      return kept.value as T
    } finally {
      this.#underWay -= mayCost
    }
  }

  async #keep(key: string, step: KeptStep): Promise<void> {
    const rows = await this.#context.db.query<{ spent: string; running: boolean }>(sql`
      update "PromptEvolution" set
        "spentMicros" = "spentMicros" + case when "state"->'steps' ? ${key} then 0 else ${step.cost ?? 0}::bigint end,
        "state" = case when "state"->'steps' ? ${key} then "state"
          else jsonb_set("state", array['steps', ${key}::text], ${JSON.stringify(step)}::jsonb) end
      where "id" = ${this.#id}
      returning "spentMicros"::text as "spent", "status" = 'running' as "running"`)
    const [row] = rows
    this.#spentMicros = Math.max(this.#spentMicros, Number(row?.spent ?? 0))
    this.#remember(key, step.cost)
    this.#steps.set(key, step)
    if (!row?.running) throw new Ended('The evolution runs no more.')
  }

  /** What the dearest step of the kind cost; before the first, what the dearest of any did. */
  #mayCost(key: string): number {
    return this.#dearest.get(kindOf(key)) ?? Math.max(0, ...this.#dearest.values())
  }

  #remember(key: string, cost: number | null): void {
    this.#dearest.set(kindOf(key), Math.max(this.#dearest.get(kindOf(key)) ?? 0, cost ?? 0))
  }
}

/** "proposal" of "proposal:3"; any candidate's trial costs about the same. */
function kindOf(key: string): string {
  return key.startsWith('proposal:') ? 'proposal' : 'trial'
}

export interface KeptStep {
  readonly value: unknown
  readonly cost: number | null
  readonly calls: number
}
