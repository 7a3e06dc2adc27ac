import type { SqlContext } from '@espalier/core'
import type { Execution } from '../executions/executionRow.ts'
import type { Scores } from './scores.ts'

/** What a wording is to blame for: the model would not answer, or not in the form that was asked for. */
const ownFaults = ['AI_REFUSED', 'AI_OUTPUT_INVALID']

/**
 * An execution whose answer could not be used has the quality 0; a service that is away says nothing about a prompt. Without
 * it a variant whose answers are often of no use would be judged by the others alone.
 */
export async function scoreFailure(tx: SqlContext, scores: Scores, { id, errorCode }: Execution): Promise<void> {
  if (errorCode === null || !ownFaults.includes(errorCode)) return
  await scores.score(tx, id, { source: 'check', by: 'usable', metric: 'quality', value: 0, note: errorCode })
}
