import {
  ConflictError,
  InvalidInputError,
  type JobRun,
  NotFoundError,
  type SqlContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import { loopProblem, pageLoopChanged } from './events.ts'
import { giveLeaseBack, holdLease, LeaseLostError, letGo, takeLease } from './lease.ts'
import { getLoop, lockPage, nextRun, readPage } from './loopRows.ts'
import type { LoopRules } from './rules.ts'
import type { Loop, Run } from './run.ts'
import { said } from './said.ts'
import { writeStep } from './stepLog.ts'
import type { Outcome, Step, Turn } from './turn.ts'

/** How often a step may fail before its turn is given up: those that come after it are not to wait for ever. */
const mostAttempts = 4

export interface RunnerParts {
  /** By name, without what follows a colon. */
  readonly steps: Readonly<Record<string, Step>>
  readonly rulesOf: (context: SqlContext, loop: Loop) => Promise<LoopRules>
}

/**
 * Takes the turns of a workspace's loops, one after the other and step by step. Each step is one transaction: what it changes, its
 * line in the log, and the word which step comes next. So whoever goes on after a crash goes on where it was, and whoever was
 * taken for dead, and is not, finds that it may not write.
 */
export class LoopRunner {
  readonly #parts: RunnerParts

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Takes all turns that wait, unless another job is at it. @throws what a step did: the job tries again, from that step on */
  async work(
    context: WorkspaceContext,
    { jobId, signal }: Pick<JobRun, 'jobId' | 'signal'>,
  ): Promise<{ turns: number; failed: number; busy: boolean }> {
    const token = await takeLease(context, jobId)
    if (token === undefined) return { turns: 0, failed: 0, busy: true }
    const outcome = { turns: 0, failed: 0, busy: false }
    for (;;) {
      const run = await nextRun(context)
      if (!run) {
        if (await giveLeaseBack(context, token)) return outcome
        continue
      }
      outcome.turns += 1
      try {
        await this.#turn(context, run, token, signal)
      } catch (error) {
        if (error instanceof LeaseLostError) throw error
        const isOver = !signal.aborted && (isFinal(error) || (await countFailure(context, run)) >= mostAttempts)
        if (!isOver) {
          // Whoever comes next goes on, be it this job again or another one.
          await letGo(context, token)
          throw error
        }
        outcome.failed += 1
        await fail(context, run, token, error)
      }
    }
  }

  async #turn(context: WorkspaceContext, first: Run, token: number, signal: AbortSignal): Promise<void> {
    let run: Run | undefined = first
    while (run) {
      signal.throwIfAborted()
      const [name = '', which = '0'] = run.step.split(':')
      const step = this.#parts.steps[name]
      if (!step)
        throw new ConflictError({
          en: `The turn ${run.id} is at "${run.step}", which is no step of this version.`,
          fr: `Le tour ${run.id} en est à « ${run.step} », qui n’est pas une étape de cette version.`,
        })
      const loop = await getLoop(context, run.pageId)
      const page = await readPage(context, run.pageId)
      const rules = await this.#parts.rulesOf(context, loop)
      const turn: Turn = { context, run, loop, page, rules, signal }
      const outcome = await step(turn, Number(which))
      run = await write(turn, token, outcome)
    }
  }
}

/** Writes what a step left, if the turn is still where the step began. @returns the turn as it goes on; undefined when it has ended */
async function write({ context, run, loop }: Turn, token: number, outcome: Outcome): Promise<Run | undefined> {
  const { next, state = run.state, write } = outcome
  return context.transaction(async (tx) => {
    await holdLease(tx, token)
    // The page before its experiment, as everybody takes them.
    await lockPage(tx, run.pageId)
    const [held] = await tx.db.query<{ status: string }>(sql`
      select "status" from "PageLoopRun" where "id" = ${run.id} and "step" = ${run.step} for update`)
    // Somebody has stopped it, or it was taken further.
    if (held?.status !== 'waiting' && held?.status !== 'running') return undefined
    // Somebody has settled it otherwise meanwhile: the step is taken again, by what holds now.
    const { mode, experimentId } = await getLoop(tx, run.pageId)
    if (mode !== loop.mode || experimentId !== loop.experimentId) return run
    await write?.({ tx, note: (note) => writeStep(tx, run, note) })
    const ends = next === 'done'
    const [waits] = await tx.db.query(sql`
      select 1 from "PageLoopStep" where "runId" = ${run.id} and "status" = 'waiting' limit 1`)
    const status = !ends ? 'running' : waits ? 'approval' : 'done'
    const now = tx.clock.now()
    await tx.db.query(sql`
      update "PageLoopRun" set "step" = ${next}, "attempts" = 0, "state" = ${JSON.stringify(state)}::jsonb, "status" = ${status}::"PageLoopRunStatus",
        "startedAt" = coalesce("startedAt", ${now}), "finishedAt" = ${status === 'done' ? now : null}::timestamptz
      where "id" = ${run.id}`)
    tx.announce(pageLoopChanged, run.pageId, null)
    return ends ? undefined : { ...run, status, step: next, state }
  })
}

/** @returns how often the step that the turn is at has failed by now */
async function countFailure(context: WorkspaceContext, { id }: Run): Promise<number> {
  const [run] = await context.db.query<{ attempts: number }>(sql`
    update "PageLoopRun" set "attempts" = "attempts" + 1 where "id" = ${id} returning "attempts"`)
  return run?.attempts ?? mostAttempts
}

/** What does not get better by trying again: the state of things does not allow it. */
function isFinal(error: unknown): boolean {
  return error instanceof ConflictError || error instanceof InvalidInputError || error instanceof NotFoundError
}

async function fail(context: WorkspaceContext, run: Run, token: number, error: unknown): Promise<void> {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 1_000)
  context.log.warn({ err: error, run: run.id, page: run.pageId }, 'A turn of a page’s loop has failed')
  await context.transaction(async (tx) => {
    await holdLease(tx, token)
    const failed = await tx.db.query(sql`
      update "PageLoopRun" set "status" = 'failed', "failure" = ${message}, "finishedAt" = ${tx.clock.now()}
      where "id" = ${run.id} and "status" in ('waiting', 'running') returning 1`)
    if (failed.length === 0) return
    const summary = said(
      `The turn could not go on: ${message}`,
      `Le tour n’a pas pu se poursuivre. Détail, en anglais : ${message}`,
    )
    await writeStep(tx, run, { kind: 'problem', summary, evidence: { code: 'RUN_FAILED', message } })
    const [page] = await tx.db.query<{ title: string }>(sql`select "title" from "Page" where "id" = ${run.pageId}`)
    await tx.publish(loopProblem, {
      pageId: run.pageId,
      pageTitle: page?.title ?? '',
      runId: run.id,
      code: 'RUN_FAILED',
      summaryEn: summary.en,
      summaryFr: summary.fr,
    })
  })
}
