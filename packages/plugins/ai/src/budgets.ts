import { type SqlContext, sql } from '@espalier/core'
import type { ReachedBudget } from './errors.ts'
import { budgetReached, budgetWarned } from './events.ts'
import { micros } from './prices.ts'
import type { Settings } from './settings.ts'

/** Of a budget, from which on people are warned. */
const warnAt = 0.8

/** What may be spent in a month. Millionths of a US dollar; null: without a limit. */
export interface Limits {
  readonly all: number | null
  readonly purpose: number | null
}

export function limitsFor(purpose: string, { monthlyBudget, purposeBudgets }: Settings): Limits {
  const own = Object.hasOwn(purposeBudgets, purpose) ? purposeBudgets[purpose] : undefined
  return { all: monthlyBudget === null ? null : micros(monthlyBudget), purpose: own === undefined ? null : micros(own) }
}

/** First day of an instant's month, UTC: "2026-11-01". */
export function monthOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`
}

/** What moves between being set aside and being spent. Millionths of a US dollar; negative gives back. */
export interface Movement {
  readonly month: string
  readonly purpose: string
  readonly reserved: number
  readonly spent: number
  readonly calls: number
}

interface SpendingRow {
  readonly purpose: string
  readonly spentMicros: number
  readonly reservedMicros: number
  readonly warnedAt: Date | null
  readonly stoppedAt: Date | null
  /** The limit of which that was told. */
  readonly toldMicros: number | null
}

/**
 * Sets money aside, of the purpose's budget and of the one for all. Each is one statement with its condition, so that however many
 * ask at a time, what is set aside and spent together never passes a limit. Belongs inside a transaction.
 *
 * @throws BudgetReached, which must roll back what was set aside by then
 */
export async function setAside(
  tx: SqlContext,
  movement: Omit<Movement, 'spent' | 'calls'>,
  limits: Limits,
): Promise<void> {
  // Always in this order, so that two never wait for each other.
  for (const [purpose, limit] of [
    ['', limits.all],
    [movement.purpose, limits.purpose],
  ] as const) {
    const [row] = await tx.db.query<{ found: boolean }>(sql`
      insert into "AiSpending" as "row" ("month", "purpose", "reservedMicros")
      select ${movement.month}::date, ${purpose}, ${movement.reserved}::bigint
        where ${limit}::bigint is null or ${movement.reserved}::bigint <= ${limit}::bigint
      on conflict ("workspaceId", "month", "purpose") do update
      set "reservedMicros" = "row"."reservedMicros" + excluded."reservedMicros"
      where ${limit}::bigint is null
        or "row"."spentMicros" + "row"."reservedMicros" + excluded."reservedMicros" <= ${limit}::bigint
      returning true as "found"`)
    if (!row) throw new BudgetReached(purpose, limit as number)
  }
}

/** Raised by {@link setAside}. Never leaves this plugin: see AiBudgetExceededError. */
export class BudgetReached extends Error {
  readonly purpose: string
  readonly limitMicros: number

  constructor(purpose: string, limitMicros: number) {
    super('the budget is reached')
    this.purpose = purpose
    this.limitMicros = limitMicros
  }
}

/** Says that a budget refused a request: once, until it is raised. Belongs inside a transaction. */
export async function tellReached(
  tx: SqlContext,
  month: string,
  reached: BudgetReached,
  neededMicros: number,
): Promise<ReachedBudget> {
  const { purpose, limitMicros } = reached
  const [row] = await tx.db.query<SpendingRow>(sql`
    insert into "AiSpending" as "row" ("month", "purpose", "stoppedAt") values (${month}::date, ${purpose}, null)
    on conflict ("workspaceId", "month", "purpose") do update set "month" = "row"."month"
    returning "purpose", "spentMicros"::float8 as "spentMicros", "reservedMicros"::float8 as "reservedMicros", "warnedAt", "stoppedAt",
      "toldMicros"::float8 as "toldMicros"`)
  const { spentMicros, reservedMicros } = row as SpendingRow
  const { warnedAt, stoppedAt } = toldOf(row as SpendingRow, limitMicros)
  const shown = month.slice(0, 7)
  if (!stoppedAt) {
    await tx.db.query(sql`
      update "AiSpending" set "warnedAt" = ${warnedAt}, "stoppedAt" = ${tx.clock.now()}, "toldMicros" = ${limitMicros}::bigint
      where "month" = ${month}::date and "purpose" = ${purpose}`)
    await tx.publish(budgetReached, { month: shown, purpose, limitMicros, spentMicros })
  }
  return { purpose, month: shown, limitMicros, spentMicros: spentMicros + reservedMicros, neededMicros }
}

/** Settles what was set aside, and says when much of a budget is spent. Belongs inside a transaction. */
export async function move(tx: SqlContext, movement: Movement, limits: Limits): Promise<void> {
  const { month, reserved, spent, calls } = movement
  for (const [purpose, limit] of [
    ['', limits.all],
    [movement.purpose, limits.purpose],
  ] as const) {
    const [row] = await tx.db.query<SpendingRow>(sql`
      insert into "AiSpending" as "row" ("month", "purpose", "reservedMicros", "spentMicros", "calls")
      values (${month}::date, ${purpose}, greatest(0, ${reserved}::bigint), greatest(0, ${spent}::bigint), ${calls})
      on conflict ("workspaceId", "month", "purpose") do update
      set "reservedMicros" = greatest(0, "row"."reservedMicros" + ${reserved}::bigint),
        "spentMicros" = greatest(0, "row"."spentMicros" + ${spent}::bigint), "calls" = "row"."calls" + ${calls}
      returning "purpose", "spentMicros"::float8 as "spentMicros", "reservedMicros"::float8 as "reservedMicros", "warnedAt", "stoppedAt",
      "toldMicros"::float8 as "toldMicros"`)
    if (row && limit !== null) await tellSpent(tx, month, row, limit)
  }
}

async function tellSpent(tx: SqlContext, month: string, row: SpendingRow, limitMicros: number): Promise<void> {
  const { purpose, spentMicros } = row
  const { warnedAt, stoppedAt } = toldOf(row, limitMicros)
  const share = limitMicros === 0 ? 1 : spentMicros / limitMicros
  const told = { month: month.slice(0, 7), purpose, limitMicros, spentMicros }
  const now = tx.clock.now()
  const warns = share >= warnAt && !warnedAt
  const stops = share >= 1 && !stoppedAt
  const forgets = warnedAt !== row.warnedAt || stoppedAt !== row.stoppedAt
  if (!warns && !stops && !forgets) return
  await tx.db.query(sql`
    update "AiSpending" set "warnedAt" = ${warns ? now : warnedAt}, "stoppedAt" = ${stops ? now : stoppedAt},
      "toldMicros" = ${limitMicros}::bigint
    where "month" = ${month}::date and "purpose" = ${purpose}`)
  if (warns) await tx.publish(budgetWarned, told)
  if (stops) await tx.publish(budgetReached, told)
}

/** What was told of this limit, or of a higher one: after it was raised it is told again. */
function toldOf(
  { warnedAt, stoppedAt, toldMicros }: SpendingRow,
  limitMicros: number,
): Pick<SpendingRow, 'warnedAt' | 'stoppedAt'> {
  const isRaised = toldMicros !== null && limitMicros > toldMicros
  return isRaised ? { warnedAt: null, stoppedAt: null } : { warnedAt, stoppedAt }
}
