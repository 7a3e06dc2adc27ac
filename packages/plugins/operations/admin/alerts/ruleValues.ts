import type { AlertRuleInput } from '../graphql/graphql.ts'

/** What a form of a rule holds. */
export interface RuleValues {
  name: string
  metric: string
  kind: 'ANOMALY' | 'THRESHOLD'
  direction: 'ABOVE' | 'BELOW' | 'BOTH'
  threshold: number | null
  sensitivity: number | null
  weeks: number | null
  minimum: number | null
  window: number | null
  active: boolean
}

export const newRule: RuleValues = {
  name: '',
  metric: '',
  kind: 'ANOMALY',
  direction: 'BELOW',
  threshold: null,
  sensitivity: 3.5,
  weeks: 6,
  minimum: 20,
  window: 60,
  active: true,
}

/** The rule as the API takes it: only what its kind uses. */
export function ruleInput(values: RuleValues, filter?: unknown): AlertRuleInput {
  const { name, metric, kind, direction, threshold, sensitivity, weeks, minimum, window, active } = values
  return {
    name: name.trim(),
    metric,
    kind,
    direction: kind === 'THRESHOLD' && direction === 'BOTH' ? 'BELOW' : direction,
    ...(kind === 'THRESHOLD' ? { threshold } : { sensitivity, weeks }),
    ...(minimum !== null && { minimum }),
    ...(window !== null && { window }),
    ...(filter ? { filter } : {}),
    active,
  }
}

/** A rule that can be tried: everything that its kind needs is there. */
export function isWhole({ metric, kind, threshold, window }: RuleValues): boolean {
  return metric !== '' && window !== null && (kind === 'ANOMALY' || threshold !== null)
}
