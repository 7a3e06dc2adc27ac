import { issueTold, type Told } from '@espalier/core'
import { type ExperimentInput, experimentInput } from '../../experimentInput.ts'
import type { ExperimentPlan, ImportItem } from '../importItem.ts'
import { notes } from '../notes.ts'
import { sharesFor, type TheirRanges } from './ranges.ts'
import type { Targeting } from './targeting.ts'

/** An experiment of GrowthBook, wherever in a file it stood: what the REST API and the rules of flags have in common. */
export interface Divided {
  readonly kind: ImportItem['kind']
  readonly sourceId: string
  readonly key: string
  readonly name: string
  readonly hypothesis: string
  readonly isBandit: boolean
  readonly seed: string
  readonly hashVersion: number
  readonly hashAttribute: string | undefined
  readonly fallbackAttribute: string | undefined
  readonly sticky: boolean
  readonly ranges: TheirRanges
  readonly targeting: Targeting
  readonly namespace: { readonly name: string; readonly from: number; readonly to: number } | null
  readonly variants: ExperimentInput['variants']
  readonly forced: NonNullable<ExperimentInput['forced']>
  readonly goals: ExperimentPlan['goals']
  readonly state: ExperimentPlan['state']
  readonly archived: boolean
  readonly past: ExperimentPlan['past']
  /** What there is to say already. */
  readonly notes: readonly Told[]
  /** Why it cannot be made, as far as is known already. */
  readonly problems: readonly Told[]
}

/** The experiment that is made of it here, checked as one that a person makes. */
export function itemOf(divided: Divided, fallbackGoal: string): ImportItem {
  const { kind, sourceId, name, hashVersion, targeting } = divided
  const problems = [...divided.problems, ...targeting.problems]
  const impossible = (reasons: readonly Told[]): ImportItem => ({
    ...{ kind, sourceId, name, key: null, outcome: 'impossible', keepsAssignment: null, notes: reasons, plan: null },
  })
  if (hashVersion !== 1 && hashVersion !== 2) return impossible([...problems, notes.hash(hashVersion)])
  if (problems.length > 0) return impossible(problems)
  const most = divided.ranges.ranges?.length ?? 0
  if (most > divided.variants.length) return impossible([notes.ranges(most, divided.variants.length)])
  const shares = sharesFor(divided.ranges, hashVersion)
  const input = {
    key: divided.key,
    name: name.trim().slice(0, 120) || divided.key,
    hypothesis: divided.hypothesis.trim().slice(0, 2_000),
    kind: divided.isBandit ? 'bandit' : 'test',
    variants: divided.variants.map((variant, index) => ({ ...variant, weight: shares.weights[index] ?? 0 })),
    coverage: shares.coverage,
    condition: targeting.condition,
    namespace: divided.namespace,
    sticky: divided.sticky,
    forced: divided.forced,
    goal: fallbackGoal,
  } satisfies ExperimentInput
  const checked = experimentInput.safeParse(input)
  if (!checked.success)
    return impossible(
      checked.error.issues.map((issue) => notes.unreadable(issue.path.join('.'), issueTold(issue, input))),
    )
  const { hashAttribute, fallbackAttribute } = divided
  const { goal: _goal, ...withoutGoal } = input
  return {
    ...{ kind, sourceId, name: input.name, key: divided.key, outcome: 'planned' },
    keepsAssignment: shares.moved === 0,
    notes: [
      ...divided.notes,
      ...(shares.moved > 0 ? [notes.moved(shares.moved)] : []),
      ...(hashAttribute && hashAttribute !== 'id' ? [notes.subject(hashAttribute)] : []),
      ...(fallbackAttribute ? [notes.fallback(fallbackAttribute)] : []),
      ...(divided.isBandit ? [notes.bandit()] : []),
      ...(divided.state === 'running' ? [notes.oldVariants()] : []),
      ...(divided.goals.some(({ role }) => role === 'goal') ? [] : [notes.fallbackGoal(fallbackGoal)]),
    ],
    plan: {
      makes: 'experiment',
      input: withoutGoal,
      goals: divided.goals,
      seed: divided.seed,
      hashVersion,
      state: divided.state,
      archived: divided.archived,
      past: divided.past,
    },
  }
}
