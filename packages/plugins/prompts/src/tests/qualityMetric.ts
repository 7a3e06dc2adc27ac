import type { SqlContext, WorkspaceContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import type { ScoredExecution } from '../scores/scores.ts'

/** By how much the quality of a subject's executions grew; and that another of them was scored. */
const qualityEvent = 'prompt_quality'
const scoredEvent = 'prompt_scored'

/**
 * The metric that tests are judged by: the mean quality of scored executions. As a ratio of two metrics, so that a subject with
 * many executions is one subject, with its own spread.
 *
 * @returns its id; made where the workspace does not have it
 */
export async function ensureQualityMetric(tx: WorkspaceContext, { metrics }: Experiments): Promise<string> {
  const ensure = async (input: Parameters<typeof metrics.create>[1]) => {
    const known = await tx.db.prisma.experimentMetric.findFirst({ where: { key: input.key } })
    if (!known) return (await metrics.create(tx, input)).id
    return known.archivedAt === null ? known.id : (await metrics.restore(tx, known.id)).id
  }
  const numeratorId = await ensure({
    ...{ key: 'prompt-quality-total', name: 'Quality of prompts, added up', kind: 'value' },
    ...{ event: qualityEvent, property: 'quality' },
  })
  const denominatorId = await ensure({
    ...{ key: 'prompt-executions-scored', name: 'Executions of prompts that were scored', kind: 'count' },
    event: scoredEvent,
  })
  return ensure({
    ...{ key: 'prompt-quality', name: 'Quality of prompts', kind: 'ratio', numeratorId, denominatorId },
    description: 'From 0 to 1: the mean quality of the scored executions of a prompt.',
  })
}

/** Who is met in a test’s experiment: somebody may be in the tests of two prompts, whose qualities are two things. */
export function subjectIn(testId: string, subject: string): string {
  return `${testId} ${subject}`
}

/**
 * Tells the experiment about a score. Only what is scored takes part, so the least sample is of scored executions, and the
 * sample ratio notices where one arm is scored more than the other.
 *
 * @param armId the experiment's variant in which the execution was
 */
export async function reportQuality(
  tx: SqlContext,
  experiments: Pick<Experiments, 'expose' | 'measure'>,
  given: { readonly experimentId: string; readonly armId: string; readonly subject: string },
  { qualityBefore, quality }: Pick<ScoredExecution, 'qualityBefore' | 'quality'>,
): Promise<void> {
  const { experimentId, armId: variantId, subject } = given
  if (quality === null || quality === qualityBefore) return
  await experiments.expose(tx, [{ experimentId, subject, variantId }])
  await experiments.measure(tx, [
    { subject, name: qualityEvent, properties: { quality: quality - (qualityBefore ?? 0) } },
    ...(qualityBefore === null ? [{ subject, name: scoredEvent }] : []),
  ])
}
