import { mutate, type Problem } from '@espalier/admin-kit'
import type { ShownExperiment } from '../Experiment.tsx'
import { ApplyWinnerDocument, DetermineWinnerDocument } from './documents.ts'

/**
 * Carries out what the results say. Nobody may have looked yet: then the look that people see is written down first, because
 * only what is written down can be applied.
 */
export async function applyVerdict({
  id,
  verdict,
}: Pick<ShownExperiment, 'id' | 'verdict'>): Promise<{ readonly problem?: Problem | undefined }> {
  if (!verdict?.reachedAt) {
    const looked = await mutate(DetermineWinnerDocument, { id })
    if (looked.problem) return looked
  }
  return mutate(ApplyWinnerDocument, { id })
}
