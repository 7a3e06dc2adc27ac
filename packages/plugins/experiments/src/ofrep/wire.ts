import type { Decision, DecisionReason } from '../assignment/decision.ts'
import type { Plan } from '../assignment/plan.ts'
import type { JsonValue } from '../json.ts'

// The bodies of OFREP 0.3.0 (https://github.com/open-feature/protocol, service/openapi.yaml).

export type ErrorCode = 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'TARGETING_KEY_MISSING' | 'FLAG_NOT_FOUND'

/** A flag that was evaluated. */
export interface EvaluationSuccess {
  readonly key: string
  readonly value: JsonValue
  readonly reason: Reason
  /** Absent for whoever takes part in nothing. */
  readonly variant?: string
  readonly metadata: Readonly<Record<string, string | boolean>>
}

type Reason = 'STATIC' | 'SPLIT' | 'TARGETING_MATCH' | 'DEFAULT' | 'DISABLED'

/** What OpenFeature calls our reasons. */
const reasons: Readonly<Record<DecisionReason, Reason>> = {
  assigned: 'SPLIT',
  sticky: 'SPLIT',
  forced: 'TARGETING_MATCH',
  winner: 'STATIC',
  'not-running': 'DISABLED',
  'held-back': 'DEFAULT',
  'outside-namespace': 'DEFAULT',
  condition: 'DEFAULT',
  'inactive-hours': 'DEFAULT',
  'not-covered': 'DEFAULT',
  'no-subject': 'DEFAULT',
}

/**
 * A decision as the evaluation of a flag. Who takes part in nothing gets the control's value without its name: clients of
 * before 0.3.0 take no evaluation without a value.
 */
export function evaluationOf(plan: Plan, decision: Decision): EvaluationSuccess {
  const { experimentId, experimentKey, variantId, variantKey, value, reason, counted, exposures } = decision
  const [holdout] = Object.entries(exposures).filter(([id]) => id !== experimentId)
  return {
    key: experimentKey,
    value: variantKey === null ? plan.valueWithout : value,
    reason: reasons[reason],
    ...(variantKey !== null && { variant: variantKey }),
    metadata: {
      experimentId,
      decision: reason,
      counted,
      ...(variantId !== null && { variantId }),
      ...(holdout && { holdoutId: holdout[0], holdoutVariantId: holdout[1] }),
    },
  }
}
