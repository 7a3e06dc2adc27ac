import type { SqlContext, Told } from '@espalier/core'
import { approvalNeeded, loopProblem, variantIntroduced, variantRetired } from './events.ts'
import type { Run } from './run.ts'
import type { LoopPage } from './turn.ts'

/** What every event of the loop says. */
export function happening(page: Pick<LoopPage, 'id' | 'title'>, run: Pick<Run, 'id'>, summary: Told) {
  return { pageId: page.id, pageTitle: page.title, runId: run.id, summaryEn: summary.en, summaryFr: summary.fr }
}

type About = readonly [page: Pick<LoopPage, 'id' | 'title'>, run: Pick<Run, 'id'>, summary: Told]
type OfVariant = { readonly stepId: string; readonly variantId: string; readonly variantKey: string }

export function tellIntroduced(tx: SqlContext, about: About, variant: OfVariant): Promise<void> {
  return tx.publish(variantIntroduced, { ...happening(...about), ...variant })
}

export function tellRetired(tx: SqlContext, about: About, variant: OfVariant): Promise<void> {
  return tx.publish(variantRetired, { ...happening(...about), ...variant })
}

export function tellProblem(tx: SqlContext, about: About, code: string): Promise<void> {
  return tx.publish(loopProblem, { ...happening(...about), code })
}

export function askApproval(
  tx: SqlContext,
  about: About,
  step: { readonly stepId: string; readonly kind: string; readonly variantKey: string | null },
): Promise<void> {
  return tx.publish(approvalNeeded, { ...happening(...about), ...step })
}
