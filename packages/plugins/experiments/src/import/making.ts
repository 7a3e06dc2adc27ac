import {
  asUnavailable,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { recordDecision } from '../decisions/decisionTrail.ts'
import type { Experiment } from '../experiment.ts'
import { changeExperiment } from '../experimentRow.ts'
import type { Drafts } from '../life/drafts.ts'
import type { Life } from '../life/life.ts'
import { beginPhase } from '../life/phases.ts'
import type { MetricInput } from '../metrics/metricInput.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { importChanged } from './importChanged.ts'
import type { ExperimentPlan, MetricPlan } from './importItem.ts'

interface Makers {
  readonly metrics: Metrics
  readonly drafts: Drafts
  readonly life: Life
}

interface Row {
  readonly importId: string
  readonly kind: string
  readonly sourceId: string
  readonly outcome: string
  readonly plan: MetricPlan | ExperimentPlan
}

/** Makes single items of an import, each in a transaction of its own. */
export class Making {
  readonly #makers: Makers

  constructor(makers: Makers) {
    this.#makers = makers
  }

  /** Makes one planned item, and writes down what came of it: made, known (somebody was quicker), or failed with why. */
  async make(context: WorkspaceContext, itemId: string, fallbackGoal: string): Promise<void> {
    try {
      await context.transaction(async (tx) => {
        const [row] = await tx.db.query<Row>(sql`
          select "importId", "kind", "sourceId", "outcome", "plan" from "ExperimentImportItem" where "id" = ${itemId} for update`)
        if (row?.outcome !== 'planned') return
        const known = await claimOrigin(tx, row)
        const targetId = known ?? (await this.#makeOne(tx, row, fallbackGoal))
        await tx.db.query(sql`
          update "ExperimentImportItem" set "outcome" = ${known ? 'known' : 'made'}, "targetId" = ${targetId} where "id" = ${itemId}`)
        tx.announce(importChanged, row.importId, { importId: row.importId })
      })
    } catch (error) {
      // What does not answer now will later: the rest stays planned.
      if (asUnavailable(error)) throw error
      if (!isRefusal(error)) context.log.error({ err: error, itemId }, 'An item could not be imported')
      await note(context, itemId, whyOf(error), 'failed')
    }
  }

  /** Starts what runs there and is a draft here; what cannot start stays a draft, and says why. */
  async startAll(context: WorkspaceContext, importId: string, signal: AbortSignal | undefined): Promise<void> {
    const drafts = await context.db.query<{ id: string; targetId: string }>(sql`
      select i."id", i."targetId" from "ExperimentImportItem" i
        join "Experiment" e on e."workspaceId" = i."workspaceId" and e."id" = i."targetId"
      where i."importId" = ${importId} and i."plan" ->> 'state' = 'running' and e."status" = 'draft' order by i."position"`)
    for (const { id, targetId } of drafts) {
      signal?.throwIfAborted()
      try {
        await this.#makers.life.start(context, targetId)
      } catch (error) {
        if (asUnavailable(error)) throw error
        if (isRefusal(error)) await note(context, id, error.told)
        else {
          context.log.error({ err: error, itemId: id }, 'An imported experiment could not be started')
          await note(context, id, notStarted, 'failed')
        }
      }
    }
  }

  async #makeOne(tx: WorkspaceContext, row: Row, fallbackGoal: string): Promise<string> {
    const { plan } = row
    const made = plan.makes === 'metric' ? await this.#metric(tx, plan) : await this.#experiment(tx, plan, fallbackGoal)
    const column = plan.makes === 'metric' ? sql`"metricId" = ${made.id}` : sql`"experimentId" = ${made.id}`
    await tx.db.query({
      text: `update "ExperimentOrigin" set ${column.text} where "source" = 'growthbook' and "kind" = $2 and "sourceId" = $3`,
      values: [made.id, row.kind, row.sourceId],
    })
    return made.id
  }

  async #metric(tx: WorkspaceContext, { input, parts }: MetricPlan): Promise<{ id: string }> {
    if (!parts) return this.#makers.metrics.create(tx, input)
    const [numeratorId, denominatorId] = await Promise.all(
      [parts.numerator, parts.denominator].map(async (id) => {
        const found = await metricOf(tx, id)
        if (found === undefined) throw new NotFoundError('metric', id)
        return found
      }),
    )
    return this.#makers.metrics.create(tx, { ...input, numeratorId, denominatorId } as MetricInput)
  }

  async #experiment(tx: WorkspaceContext, plan: ExperimentPlan, fallbackGoal: string): Promise<Experiment> {
    const found = await Promise.all(
      plan.goals.map(async ({ sourceId, role }) => ({ role, metricId: await metricOf(tx, sourceId) })),
    )
    const goals = found.flatMap(({ role, metricId }) => (metricId === undefined ? [] : [{ role, metricId }]))
    const goal = goals.some(({ role }) => role === 'goal') ? {} : { goal: fallbackGoal }
    const draft = await this.#makers.drafts.create(tx, { ...plan.input, goals, ...goal })
    const { seed, hashVersion, past, archived } = plan
    const assigned = await changeExperiment(tx, draft.id, { seed, hashVersion })
    if (past) return this.#past(tx, assigned, plan)
    return archived ? changeExperiment(tx, draft.id, { status: 'archived' }) : assigned
  }

  /** One that is over: with its dates and what was decided, and without telling everybody that it started and ended just now. */
  async #past(tx: WorkspaceContext, draft: Experiment, { past, archived }: ExperimentPlan): Promise<Experiment> {
    if (!past) return draft
    const [startedAt, completedAt] = [new Date(past.startedAt), new Date(past.completedAt)]
    await beginPhase(tx, draft, 'started')
    await tx.db.query(sql`
      update "ExperimentPhase" set "startedAt" = ${startedAt}, "endedAt" = ${completedAt} where "experimentId" = ${draft.id}`)
    const status = archived ? 'archived' : 'completed'
    const after = await changeExperiment(tx, draft.id, { status, startedAt, completedAt, winner: past.winner })
    const reasons = [{ code: 'COMPLETED', winner: past.winner }] as const
    await recordDecision(tx, after, { kind: 'stop', outputs: { status: 'completed', winner: past.winner }, reasons })
    return after
  }
}

/** Takes the place of what comes from there, for this transaction alone. @returns what somebody else has made of it already */
async function claimOrigin(tx: WorkspaceContext, { kind, sourceId }: Row): Promise<string | undefined> {
  const taken = await tx.db.query(sql`
    insert into "ExperimentOrigin" ("source", "kind", "sourceId") values ('growthbook', ${kind}, ${sourceId})
    on conflict do nothing returning 1`)
  if (taken.length > 0) return undefined
  const [known] = await tx.db.query<{ targetId: string }>(sql`
    select coalesce("experimentId", "metricId") as "targetId" from "ExperimentOrigin"
    where "source" = 'growthbook' and "kind" = ${kind} and "sourceId" = ${sourceId}`)
  return known?.targetId
}

async function metricOf(tx: WorkspaceContext, sourceId: string): Promise<string | undefined> {
  const [found] = await tx.db.query<{ metricId: string | null }>(sql`
    select "metricId" from "ExperimentOrigin" where "source" = 'growthbook' and "kind" = 'metric' and "sourceId" = ${sourceId}`)
  return found?.metricId ?? undefined
}

/** Adds a sentence to what is said about an item. */
async function note(context: WorkspaceContext, itemId: string, words: Told, outcome?: 'failed'): Promise<void> {
  await context.db.query(sql`
    update "ExperimentImportItem" set "notes" = "notes" || ${JSON.stringify([words])}::jsonb,
      "outcome" = coalesce(${outcome ?? null}, "outcome")
    where "id" = ${itemId}`)
}

const notStarted: Told = {
  en: 'It is here as a draft, but could not be started, for a reason that is in the log of the server.',
  fr: 'Elle est ici comme brouillon, mais n’a pas pu être démarrée, pour une raison qui est dans le journal du serveur.',
}

function whyOf(error: unknown): Told {
  if (isRefusal(error)) return error.told
  return {
    en: 'It could not be made, for a reason that is in the log of the server.',
    fr: 'Elle n’a pas pu être créée, pour une raison qui est dans le journal du serveur.',
  }
}

function isRefusal(error: unknown): error is ConflictError | InvalidInputError | NotFoundError {
  return error instanceof ConflictError || error instanceof InvalidInputError || error instanceof NotFoundError
}
