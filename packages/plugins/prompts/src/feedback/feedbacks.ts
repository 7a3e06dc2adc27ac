import { ConflictError, checkInput, InvalidInputError, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { type Calibration, type CalibrationQuestion, calibrationOf } from './calibration.ts'
import { type FeedbackInput, type FeedbackOutcome, feedbackInput, type Settlement, settlement } from './feedback.ts'

/** Feedback of which nobody has learned yet. */
export interface PendingFeedback {
  readonly id: string
  readonly actionType: string
  readonly outcome: FeedbackOutcome
  readonly executionId: string | null
  readonly impact: number | null
  readonly notesEn: string
  readonly notesFr: string
}

/** What was predicted against what came: kept for a year, and learned from. */
export class Feedbacks {
  /**
   * Keeps a prediction, or an outcome that nobody predicted.
   *
   * @returns its id
   * @throws InvalidInputError, also for an execution that is not there
   */
  async record(context: SqlContext, input: FeedbackInput): Promise<string> {
    const given = checkInput(feedbackInput, input)
    const id = uuidv7()
    const now = context.clock.now()
    await context.sqlTransaction(async (tx) => {
      if (given.executionId) await checkExecution(tx, given.executionId)
      // A year of the calendar: what comes on 29 February goes on 28 February.
      await tx.db.query(sql`
        insert into "Feedback" ("id", "actionType", "outcome", "executionId", "subjectType", "subjectId", "predicted",
          "actual", "confidence", "impact", "context", "notesEn", "notesFr", "createdAt", "expiresAt")
        values (${id}, ${given.actionType}, ${given.outcome ?? null}, ${given.executionId ?? null},
          ${given.subjectType ?? null}, ${given.subjectId ?? null}, ${asJson(given.predicted)}::jsonb,
          ${asJson(given.actual)}::jsonb, ${given.confidence ?? null}, ${given.impact ?? null},
          ${asJson(given.context ?? {})}::jsonb, ${given.notesEn ?? ''}, ${given.notesFr ?? ''}, ${now},
          (${now}::timestamptz at time zone 'UTC' + interval '1 year') at time zone 'UTC')`)
      tx.audit({
        resourceType: 'Feedback',
        resourceId: id,
        after: { actionType: given.actionType, outcome: given.outcome },
      })
    })
    return id
  }

  /**
   * Says what came of a prediction. Who says the same again changes nothing.
   *
   * @throws NotFoundError; ConflictError where another outcome was said before
   */
  async settle(context: SqlContext, id: string, said: Settlement): Promise<void> {
    const { outcome, actual, impact, notesEn, notesFr } = checkInput(settlement, said)
    await context.sqlTransaction(async (tx) => {
      const [row] = await tx.db.query<{ outcome: string | null }>(
        sql`select "outcome" from "Feedback" where "id" = ${id} for update`,
      )
      if (!row) throw new NotFoundError('Feedback', id)
      if (row.outcome === outcome) return
      if (row.outcome !== null)
        throw new ConflictError({
          en: `This feedback is settled as "${row.outcome}" already, and may have been learned from: it cannot become "${outcome}". Record feedback of its own.`,
          fr: `Ce retour est déjà réglé comme « ${row.outcome} », et a pu servir à apprendre : il ne peut pas devenir « ${outcome} ». Enregistrez un autre retour.`,
        })
      await tx.db.query(sql`
        update "Feedback" set "outcome" = ${outcome}, "actual" = coalesce(${asJson(actual)}::jsonb, "actual"),
          "impact" = coalesce(${impact ?? null}::int, "impact"), "notesEn" = coalesce(${notesEn ?? null}, "notesEn"),
          "notesFr" = coalesce(${notesFr ?? null}, "notesFr")
        where "id" = ${id}`)
      tx.audit({ resourceType: 'Feedback', resourceId: id, before: { outcome: null }, after: { outcome, impact } })
    })
  }

  /** What is settled and not learned from, the oldest first. @param variantId of a prompt: only what is about its executions */
  pending(context: SqlContext, { variantId = null, limit = 50 }: { variantId?: string | null; limit?: number } = {}) {
    return context.db.query<PendingFeedback>(sql`
      select "id", "actionType", "outcome", "executionId", "impact", "notesEn", "notesFr" from "Feedback"
      where not "applied" and "outcome" is not null
        and (${variantId}::uuid is null or exists (
          select 1 from "PromptExecution" e where e."id" = "executionId" and e."variantId" = ${variantId}::uuid))
      order by "createdAt", "id" limit ${limit}`)
  }

  /** Marks feedback as learned from; what is marked already stays. @param learningImpact how much it changed, from 0 to 1; null where it is not known */
  async markApplied(context: SqlContext, ids: readonly string[], learningImpact: number | null = null): Promise<void> {
    if (learningImpact !== null && !(learningImpact >= 0 && learningImpact <= 1))
      throw InvalidInputError.of('learningImpact', 'OUT_OF_RANGE', {
        en: `${learningImpact} is not from 0 to 1.`,
        fr: `${learningImpact} n’est pas de 0 à 1.`,
      })
    await context.db.query(sql`
      update "Feedback" set "applied" = true, "processedAt" = ${context.clock.now()}, "learningImpact" = ${learningImpact}
      where "id" = any(${ids}::uuid[]) and not "applied"`)
  }

  /** How well confidence in predictions holds. */
  calibration(context: SqlContext, question: CalibrationQuestion): Promise<Calibration> {
    return calibrationOf(context, question)
  }
}

async function checkExecution(tx: SqlContext, executionId: string): Promise<void> {
  const [row] = await tx.db.query(sql`select 1 from "PromptExecution" where "id" = ${executionId}`)
  if (!row)
    throw InvalidInputError.of('input.executionId', 'NOT_FOUND', {
      en: `There is no execution "${executionId}" in this workspace. Leave it out, or name one of promptExecutions.`,
      fr: `Il n’y a pas d’exécution « ${executionId} » dans cet espace. Omettez-la, ou nommez-en une.`,
    })
}

function asJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
