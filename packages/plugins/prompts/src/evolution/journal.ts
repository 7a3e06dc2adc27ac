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
  readonly #steps: Map<string, unknown>
  readonly #budgetMicros: number
  #spentMicros: number
  /** Steps that have left and are not kept yet. */
  #underWay = 0
  /** The dearest step so far: what the next one may cost. */
  #dearest = 0

  constructor(
    context: SqlContext,
    run: { id: string; budgetMicros: number; spentMicros: number; steps: Readonly<Record<string, unknown>> },
  ) {
    this.#context = context
    this.#id = run.id
    this.#budgetMicros = run.budgetMicros
    this.#spentMicros = run.spentMicros
    this.#steps = new Map(Object.entries(run.steps))
    this.#dearest = Math.max(0, ...Object.values(run.steps).map((step) => (step as KeptStep).cost ?? 0))
  }

  /**
   * What a step gives: from the journal, or by doing it.
   *
   * @throws Stopped where the budget does not allow another; Ended where the evolution runs no more; what `work` throws
   */
  async step<T>(key: string, work: () => Promise<Step<T>>): Promise<T> {
    const known = this.#steps.get(key) as KeptStep | undefined
    if (known) return known.value as T
    const mayCost = this.#spentMicros + (this.#underWay + 1) * this.#dearest
    if (this.#spentMicros >= this.#budgetMicros || mayCost > this.#budgetMicros)
      throw new Stopped(
        `The budget of ${this.#budgetMicros} millionths of a US dollar does not allow another call: ${this.#spentMicros} are spent, and a call cost up to ${this.#dearest}. Start another evolution with a larger budget.`,
      )
    this.#underWay++
    try {
      const { value, costMicros, calls, unknownCosts } = await work()
      const cost = costMicros === null && unknownCosts === 0 ? null : (costMicros ?? 0) + unknownCosts * this.#dearest
      const kept = storable({ value, cost, calls }) as KeptStep
      await this.#keep(key, kept)
      return kept.value as T
    } finally {
      this.#underWay--
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
    this.#dearest = Math.max(this.#dearest, step.cost ?? 0)
    this.#steps.set(key, step)
    if (!row?.running) throw new Ended('The evolution runs no more.')
  }
}

export interface KeptStep {
  readonly value: unknown
  readonly cost: number | null
  readonly calls: number
}
