import type { SqlContext } from '@espalier/core'
import type { PromptRunner } from '@espalier/prompts'
import { standingsOf } from '../brain/index.ts'
import type { MeasuredArm } from '../readArms.ts'
import type { Outcome, Turn } from '../turn.ts'

export type PromptScores = Pick<PromptRunner, 'score'>

/** Visitors after which a verdict on a version is one. */
const minVisitors = 1_000

/** Tells prompts what became of what they wrote: the chance that it beats the original, once enough visitors have met it. */
export async function outcomesStep(
  { context, page }: Turn,
  arms: readonly MeasuredArm[],
  prompts: PromptScores | undefined,
): Promise<Outcome> {
  if (!prompts) return { next: 'done' }
  const written = await context.db.prisma.pageCandidate.findMany({
    where: { pageId: page.id, promptExecutionId: { not: null }, outcomeAt: null, variantId: { not: null } },
    select: { id: true, promptExecutionId: true, variantId: true },
  })
  const judged = written.flatMap(({ id, promptExecutionId, variantId }) => {
    const arm = arms.find((candidate) => candidate.variantId === variantId)
    if (!arm || promptExecutionId === null || (arm.visitors < minVisitors && !arm.isRetired)) return []
    const together = arms
      .filter((other) => !other.isRetired || other === arm)
      .map((other) => ({ ...other, isRetired: false }))
    const value = standingsOf(together).find((standing) => standing.arm.key === arm.key)?.chanceToBeatControl
    return value === undefined ? [] : [{ id, promptExecutionId, value, visitors: arm.visitors }]
  })
  return {
    next: 'done',
    write: async ({ tx }) => {
      for (const { id, promptExecutionId, value, visitors } of judged) {
        await tellPrompt(tx, prompts, promptExecutionId, value, visitors)
        await tx.db.prisma.pageCandidate.updateMany({ where: { id }, data: { outcomeAt: tx.clock.now() } })
      }
    },
  }
}

function tellPrompt(
  tx: SqlContext,
  prompts: PromptScores,
  executionId: string,
  value: number,
  visitors: number,
): Promise<void> {
  return prompts.score(tx, executionId, {
    source: 'outcome',
    by: 'landing-pages.loop',
    metric: 'quality',
    value,
    note: `Chance that the variant beats the original, after ${Math.round(visitors)} visitors.`,
  })
}
