import type { ExperimentKind, ExperimentStatus } from '../experiment.ts'
import type { JsonValue } from '../json.ts'
import { sharesOf } from '../shares.ts'
import { type ActiveHours, compileActiveHours } from './activeHours.ts'
import { type Buckets, bucketOf, bucketRanges, compileBuckets, type HashVersion } from './buckets.ts'
import type { Attributes, Condition } from './conditionLanguage.ts'
import type { Decision, DecisionReason, Subject } from './decision.ts'
import { namespaceFraction } from './hashing.ts'
import { holdoutKeys } from './holdout.ts'

/** What deciding needs of an experiment, as it is stored; also what a page gets of it. */
export interface Definition {
  readonly id: string
  readonly key: string
  readonly kind: ExperimentKind
  readonly status: ExperimentStatus
  readonly seed: string
  readonly hashVersion: HashVersion
  /** Key of the variant that everybody gets: of one that was completed. */
  readonly winner: string | null
  readonly coverage: number
  readonly condition: JsonValue
  readonly activeHours: ActiveHours | null
  readonly namespace: { readonly name: string; readonly from: number; readonly to: number } | null
  readonly holdoutId: string | null
  readonly sticky: boolean
  /** Number of the phase that runs, from 1. */
  readonly phase: number
  /** Pages of others may decide about it. */
  readonly inBrowsers: boolean
  readonly forced: readonly { readonly subject: string; readonly variant: string }[]
  /** In order. */
  readonly variants: readonly DefinedVariant[]
}

export interface DefinedVariant {
  readonly id: string
  readonly key: string
  /** Relative to the others'. */
  readonly weight: number
  readonly value: JsonValue
  /** Nobody gets it any more. */
  readonly retired: boolean
}

/**
 * An experiment that is ready to decide: everything that does not depend on the subject is computed, the answers too. Deciding
 * asks nobody, allocates nothing, and gives the same answer in every process and in browsers.
 */
export class Plan {
  readonly definition: Definition
  readonly #holdout: Plan | undefined
  readonly #condition: Condition | undefined
  readonly #asksForId: boolean
  readonly #isActive: ((at: number) => boolean) | undefined
  readonly #buckets: Buckets
  /** The same for everybody: the experiment does not run. */
  readonly #settled: Decision | undefined
  /** By index of the variant: of subjects outside of the holdout, and of those in its general part. */
  readonly #assigned: readonly Decision[]
  readonly #assignedInHoldout: readonly Decision[]
  readonly #heldBack: Decision
  /** By id of the variant. */
  readonly #sticky: ReadonlyMap<string, Decision>
  readonly #stickyInHoldout: ReadonlyMap<string, Decision>
  /** By key of the variant. */
  readonly #forced: ReadonlyMap<string, Decision>
  /** By subject. */
  readonly #forcedSubjects: ReadonlyMap<string, Decision>
  readonly #without = new Map<DecisionReason, Decision>()

  /**
   * @param holdout the plan of `definition.holdoutId`, where there is one
   * @throws RangeError for a time zone that there is not
   */
  constructor(definition: Definition, compileCondition: (condition: unknown) => Condition, holdout?: Plan) {
    const { id, condition, activeHours, variants, forced, winner, status } = definition
    this.definition = definition
    this.#holdout = holdout
    this.#condition = condition === null ? undefined : compileCondition(condition)
    this.#asksForId = JSON.stringify(condition).includes('"id"')
    this.#isActive = activeHours ? compileActiveHours(activeHours) : undefined
    this.#buckets = bucketsOf(definition)
    const live = variants.filter(({ retired }) => !retired)
    const general = holdout?.definition.variants.find(({ key }) => key === holdoutKeys.general)
    const heldBack = holdout?.definition.variants.find(({ key }) => key === holdoutKeys.heldBack)
    const inHoldout = holdout && general ? { [holdout.definition.id]: general.id } : {}
    const decisions = (reason: DecisionReason, list: readonly DefinedVariant[], others = {}) =>
      list.map((variant) => this.#decision(reason, variant, { [id]: variant.id, ...others }))
    const byVariant = (list: readonly Decision[]) => new Map(list.map((made) => [made.variantId as string, made]))
    this.#assigned = decisions('assigned', variants)
    this.#assignedInHoldout = decisions('assigned', variants, inHoldout)
    this.#sticky = byVariant(decisions('sticky', live))
    this.#stickyInHoldout = byVariant(decisions('sticky', live, inHoldout))
    this.#heldBack = this.#decision(
      'held-back',
      null,
      holdout && heldBack ? { [holdout.definition.id]: heldBack.id } : {},
    )
    this.#forced = new Map(live.map((variant) => [variant.key, this.#decision('forced', variant)]))
    this.#forcedSubjects = new Map(
      forced.flatMap(({ subject, variant }) => {
        const decision = this.#forced.get(variant)
        return decision ? [[subject, decision] as const] : []
      }),
    )
    const won = winner === null ? undefined : variants.find(({ key }) => key === winner)
    if (status !== 'running') this.#settled = won ? this.#decision('winner', won) : this.#nothing('not-running')
  }

  /** Whether subjects may have had another variant than the hash gives them now. */
  get remembers(): boolean {
    const { sticky, status, phase } = this.definition
    return sticky && status === 'running' && phase > 1
  }

  /** Whether deciding asks for more of a subject than its id: where not, nobody needs to gather it. */
  get asksAttributes(): boolean {
    return this.#settled === undefined && (this.#condition !== undefined || this.#holdout?.asksAttributes === true)
  }

  /** What those get who take part in nothing: the same as the control. */
  get valueWithout(): JsonValue {
    const control = this.definition.variants[0]
    return control ? (control.value ?? control.key) : null
  }

  /** Whether the plan is of this definition, holdout and all. */
  isOf(definition: Definition, holdout: Plan | undefined): boolean {
    return this.definition === definition && this.#holdout === holdout
  }

  /**
   * What a subject gets. The order of the questions is GrowthBook's: who is forced is asked nothing, and who has a variant
   * keeps it, whatever became of the conditions.
   *
   * @param at milliseconds since 1970
   */
  decide(subject: Subject, at: number): Decision {
    const forced = this.#forcedOn(subject)
    if (forced) return forced
    if (this.#settled) return this.#settled
    if (subject.id === '') return this.#nothing('no-subject')
    return this.#keptBy(subject, at) ?? this.#anew(subject, at)
  }

  /** Id of the variant that the hash gives a subject, whoever it is; undefined for one that is in none. */
  predict(subjectId: string): string | undefined {
    return this.definition.variants[bucketOf(this.#buckets, subjectId)]?.id
  }

  #forcedOn({ id, forced }: Subject): Decision | undefined {
    const wanted = forced?.[this.definition.key]
    const decision = wanted === undefined ? undefined : this.#forced.get(wanted)
    return decision ?? (this.#forcedSubjects.size > 0 ? this.#forcedSubjects.get(id) : undefined)
  }

  #keptBy(subject: Subject, at: number): Decision | undefined {
    const has = this.definition.sticky ? subject.sticky?.[this.definition.id] : undefined
    if (has === undefined) return undefined
    // Who came before the holdout stays in the experiment, and is none of the holdout's.
    return this.#isGeneral(subject, at) ? this.#stickyInHoldout.get(has) : this.#sticky.get(has)
  }

  #anew(subject: Subject, at: number): Decision {
    const { namespace } = this.definition
    if (namespace) {
      const place = namespaceFraction(namespace.name, subject.id)
      if (!(place >= namespace.from && place < namespace.to)) return this.#nothing('outside-namespace')
    }
    if (this.#condition && !this.#condition(this.#attributesOf(subject))) return this.#nothing('condition')
    if (this.#isActive && !this.#isActive(at)) return this.#nothing('inactive-hours')
    const index = bucketOf(this.#buckets, subject.id)
    if (index < 0) return this.#nothing('not-covered')
    if (!this.#holdout) return this.#assigned[index] as Decision
    const held = this.#holdout.decide(subject, at)
    if (held.variantKey === holdoutKeys.heldBack) return held.counted ? this.#heldBack : this.#nothing('held-back')
    return (held.counted ? this.#assignedInHoldout : this.#assigned)[index] as Decision
  }

  #isGeneral(subject: Subject, at: number): boolean {
    const held = this.#holdout?.decide(subject, at)
    return held?.counted === true && held.variantKey === holdoutKeys.general
  }

  #attributesOf({ id, attributes = none }: Subject): Attributes {
    return this.#asksForId && attributes.id === undefined ? { ...attributes, id } : attributes
  }

  #nothing(reason: DecisionReason): Decision {
    const known = this.#without.get(reason)
    if (known) return known
    const made = this.#decision(reason, null)
    this.#without.set(reason, made)
    return made
  }

  #decision(
    reason: DecisionReason,
    variant: DefinedVariant | null,
    exposures: Readonly<Record<string, string>> = {},
  ): Decision {
    return {
      experimentId: this.definition.id,
      experimentKey: this.definition.key,
      variantId: variant?.id ?? null,
      variantKey: variant?.key ?? null,
      value: variant ? (variant.value ?? variant.key) : null,
      reason,
      counted: Object.keys(exposures).length > 0,
      exposures,
    }
  }
}

const none: Attributes = {}

function bucketsOf({ seed, hashVersion, coverage, variants }: Definition): Buckets {
  const weights = variants.map(({ weight, retired }) => (retired ? 0 : weight))
  const ranges = weights.some((weight) => weight > 0) ? bucketRanges(weights.length, coverage, sharesOf(weights)) : []
  return compileBuckets(seed, hashVersion, ranges)
}
