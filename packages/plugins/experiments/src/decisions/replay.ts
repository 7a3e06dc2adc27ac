import { isDeepStrictEqual } from 'node:util'
import { type BanditInputs, decideWeights } from './bandit.ts'
import type { StoredDecision } from './decisionTrail.ts'
import type { Evidence } from './evidence.ts'
import { judge, type VerdictRules } from './verdict.ts'

/**
 * Computes a decision again from the inputs that were kept with it.
 *
 * @returns what came of it and whether that is what was kept; undefined for what people decided
 */
export function replay({ kind, inputs, outputs }: Pick<StoredDecision, 'kind' | 'inputs' | 'outputs'>) {
  const again = recompute(kind, inputs as unknown as Inputs)
  if (!again) return undefined
  // As the database would give it back.
  const computed = JSON.parse(JSON.stringify(again)) as object
  return { outputs: computed, agrees: isDeepStrictEqual(computed, outputs) }
}

interface Inputs {
  readonly bandit?: BanditInputs
  readonly evidence?: Evidence
  readonly rules?: VerdictRules
}

function recompute(kind: string, { bandit, evidence, rules }: Inputs): object | undefined {
  if (kind === 'weights' && bandit) return decideWeights(bandit)
  if (kind === 'verdict' && evidence && rules) return judge(evidence, rules)
  return undefined
}
