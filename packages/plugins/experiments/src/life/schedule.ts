import { ConflictError, type SystemContext, sql, type WorkspaceContext } from '@espalier/core'
import { recordDecision } from '../decisions/decisionTrail.ts'
import type { Verdicts } from '../decisions/verdicts.ts'
import { changeExperiment, lockExperiment } from '../experimentRow.ts'
import type { Life } from './life.ts'
import { walkDue } from './walkDue.ts'

export interface Scheduling {
  readonly life: Life
  readonly verdicts: Pick<Verdicts, 'lookLast'>
}

export interface ScheduleOutcome {
  readonly started: number
  readonly stopped: number
  /** That could not start, and say why. */
  readonly refused: number
  /** That failed for another reason; they are tried again the next time. */
  readonly failed: number
}

/** Starts and stops the experiments whose time has come, however long ago. */
export async function followSchedules(system: SystemContext, scheduling: Scheduling): Promise<ScheduleOutcome> {
  const outcome = { started: 0, stopped: 0, refused: 0 }
  const now = system.clock.now()
  const due = sql`("status" = 'draft' and "startsAt" <= ${now}) or ("status" in ('running', 'paused') and "stopsAt" <= ${now})`
  const failed = await walkDue(system, due, async (context, id) => {
    const happened = await followSchedule(context, scheduling, id)
    if (happened) outcome[happened] += 1
  })
  return { ...outcome, failed }
}

async function followSchedule(
  context: WorkspaceContext,
  { life, verdicts }: Scheduling,
  id: string,
): Promise<'started' | 'stopped' | 'refused' | undefined> {
  try {
    return await context.transaction(async (tx) => {
      const { status, startsAt, stopsAt } = await lockExperiment(tx, id)
      const now = tx.clock.now()
      // Somebody may have been here since it was found.
      if (status === 'draft' && startsAt && startsAt <= now) {
        await life.start(tx, id, { code: 'STARTED_ON_SCHEDULE' })
        return 'started'
      }
      if ((status === 'running' || status === 'paused') && stopsAt && stopsAt <= now) {
        // What was counted since the last look may decide, and where the rules say so it is applied.
        const looked = await verdicts.lookLast(tx, id)
        if (looked.status === 'completed') return 'stopped'
        await life.complete(tx, id, null, { kind: 'stop', reasons: [{ code: 'STOPPED_ON_SCHEDULE' }] })
        return 'stopped'
      }
      return undefined
    })
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    return context.transaction((tx) => giveUp(tx, life, id, error.message))
  }
}

/** What cannot start by itself is left to people, who are told why, and is not tried every minute. */
async function giveUp(tx: WorkspaceContext, life: Life, id: string, problem: string): Promise<'refused' | undefined> {
  const before = await lockExperiment(tx, id)
  if (before.status !== 'draft' || before.startsAt === null) return undefined
  const after = await changeExperiment(tx, id, { startsAt: null })
  await recordDecision(tx, after, {
    kind: 'start',
    inputs: { status: 'draft', startsAt: before.startsAt.toISOString() },
    outputs: { status: 'draft' },
    reasons: [{ code: 'START_REFUSED', problem }],
  })
  life.changed(tx, before, after)
  return 'refused'
}
