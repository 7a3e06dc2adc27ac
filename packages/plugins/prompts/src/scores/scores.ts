import { checkInput, issueWords, NotFoundError, type SqlContext, said, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { conflict } from '../errors.ts'
import type { PromptScoreInput } from '../runner.ts'
import { storable } from '../variables.ts'

/** An execution whose means have changed. */
export interface ScoredExecution {
  readonly id: string
  readonly variantId: string
  readonly testId: string | null
  readonly subject: string | null
  readonly environment: string
  /** From 0 to 1; null before anybody has scored it. */
  readonly qualityBefore: number | null
  readonly quality: number | null
}

const scoreInput = z
  .object({
    source: z.enum(
      ['check', 'judge', 'person', 'outcome'],
      said({
        en: 'is no source; they are "check", "judge", "person" and "outcome"',
        fr: 'n’est pas une source ; ce sont « check », « judge », « person » et « outcome »',
      }),
    ),
    by: z
      .string()
      .refine(
        (name) => name.length >= 1 && name.length <= 200,
        said({ en: 'has to be of 1 to 200 characters', fr: 'doit compter de 1 à 200 caractères' }),
      ),
    metric: z.enum(
      ['quality', 'accuracy', 'consistency', 'completeness', 'rating'],
      said({
        en: 'is no metric; they are "quality", "accuracy", "consistency", "completeness" and "rating"',
        fr: 'n’est pas une mesure ; ce sont « quality », « accuracy », « consistency », « completeness » et « rating »',
      }),
    ),
    value: z.number(),
    note: z
      .string()
      .default('')
      .transform((note) => (storable(note) as string).slice(0, 2_000)),
  })
  .superRefine(({ metric, value }, context) => {
    const [least, most] = metric === 'rating' ? [1, 5] : [0, 1]
    if (value < least || value > most)
      context.addIssue({
        code: 'custom',
        path: ['value'],
        ...issueWords({
          en: `of "${metric}" goes from ${least} to ${most}`,
          fr: `de « ${metric} » va de ${least} à ${most}`,
        }),
      })
  })

/**
 * How far a variant's score is drawn towards the middle: it counts as if so many executions of quality 0.5 had come before
 * the first. So three lucky ones do not look better than a hundred good ones.
 */
const priorWeight = 10
const priorMean = 0.5

/** What somebody or something says about executions; every source is kept, and says each thing once. */
export class Scores {
  readonly #scored: (tx: SqlContext, execution: ScoredExecution) => Promise<void>

  /** @param scored told within the transaction, before the variant is locked */
  constructor(scored: (tx: SqlContext, execution: ScoredExecution) => Promise<void>) {
    this.#scored = scored
  }

  /**
   * Keeps a score; what the same source said before of the same metric is replaced.
   *
   * An execution's quality is the mean over kinds of sources of the mean within each, so that five checks do not outvote
   * a person. A person's rating counts as a quality, 1 as 0 and 5 as 1, unless they gave one.
   *
   * @throws InvalidInputError, NotFoundError, ConflictError while it is under way
   */
  async score(context: SqlContext, executionId: string, input: PromptScoreInput): Promise<void> {
    const { source, by, metric, value, note } = checkInput(scoreInput, input)
    const work = async (tx: SqlContext) => {
      const before = await lockExecution(tx, executionId)
      await tx.db.query(sql`
        insert into "PromptScore" ("id", "executionId", "source", "by", "metric", "value", "note", "createdAt")
        values (${uuidv7()}, ${executionId}, ${source}, ${by}, ${metric}, ${value}, ${note}, ${tx.clock.now()})
        on conflict ("workspaceId", "executionId", "source", "by", "metric")
          do update set "value" = excluded."value", "note" = excluded."note", "createdAt" = excluded."createdAt"`)
      const quality = await writeMeans(tx, executionId)
      const { quality: qualityBefore, ...execution } = before
      // The experiment before the variant, as the end of a test takes them: the other way round the two wait for each other.
      await this.#scored(tx, { ...execution, qualityBefore, quality })
      if (quality !== qualityBefore && before.environment !== 'test')
        await moveVariantScore(tx, before.variantId, qualityBefore, quality)
    }
    await (context.db.inTransaction ? work(context) : context.sqlTransaction(work))
  }
}

interface LockedExecution {
  readonly id: string
  readonly variantId: string
  readonly testId: string | null
  readonly subject: string | null
  readonly environment: string
  readonly quality: number | null
}

async function lockExecution(tx: SqlContext, id: string): Promise<LockedExecution> {
  const [row] = await tx.db.query<LockedExecution & { finishedAt: Date | null }>(sql`
    select "id", "variantId", "testId", "subject", "environment", "quality", "finishedAt" from "PromptExecution"
    where "id" = ${id} for no key update`)
  if (!row) throw new NotFoundError('PromptExecution', id)
  if (row.finishedAt === null) throw conflict('NOT_FINISHED', id)
  const { finishedAt: _, ...execution } = row
  return execution
}

async function writeMeans(tx: SqlContext, executionId: string): Promise<number | null> {
  const [row] = await tx.db.query<{ quality: number | null }>(sql`
    with said as (
      select "source", "metric", "value" from "PromptScore" where "executionId" = ${executionId}
      union all
      select r."source", 'quality', (r."value" - 1) / 4 from "PromptScore" r
      where r."executionId" = ${executionId} and r."metric" = 'rating' and not exists (
        select 1 from "PromptScore" q where q."executionId" = ${executionId}
          and q."metric" = 'quality' and q."source" = r."source" and q."by" = r."by")
    ), bySource as (
      select "metric", "source", avg("value") as "mean" from said group by "metric", "source"
    ), means as (
      select "metric", avg("mean") as "mean" from bySource group by "metric"
    )
    update "PromptExecution" set
      "quality" = (select "mean" from means where "metric" = 'quality'),
      "accuracy" = (select "mean" from means where "metric" = 'accuracy'),
      "consistency" = (select "mean" from means where "metric" = 'consistency'),
      "completeness" = (select "mean" from means where "metric" = 'completeness'),
      "rating" = (select "mean" from means where "metric" = 'rating')
    where "id" = ${executionId} returning "quality"`)
  return row?.quality ?? null
}

/** A variant's sums follow one execution, so that no score costs more than another. */
async function moveVariantScore(
  tx: SqlContext,
  variantId: string,
  before: number | null,
  after: number | null,
): Promise<void> {
  const sum = (after ?? 0) - (before ?? 0)
  const count = Number(after !== null) - Number(before !== null)
  const prior = priorWeight * priorMean
  await tx.db.query(sql`
    update "PromptVariant" set "qualitySum" = "qualitySum" + ${sum}::float8, "qualityCount" = "qualityCount" + ${count}::int,
      "score" = case when "qualityCount" + ${count}::int = 0 then null
        else least(1, greatest(0, (${prior}::float8 + "qualitySum" + ${sum}::float8) / (${priorWeight}::float8 + "qualityCount" + ${count}::int))) end
    where "id" = ${variantId}`)
}
