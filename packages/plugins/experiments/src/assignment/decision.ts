import type { JsonValue } from '../json.ts'
import type { Attributes } from './conditionLanguage.ts'

/** Whom or what a variant is for. */
export interface Subject {
  /** The visitor, contact, prompt execution or whatever is assigned. */
  readonly id: string
  /** What conditions ask about, as plain JSON: `{ device, country, browser, path, … }`. `id` is there by itself. */
  readonly attributes?: Attributes
  /** What it already has, experiment id → variant id: it keeps that. */
  readonly sticky?: Readonly<Record<string, string>>
  /** Variants to try out, experiment key → variant key: nothing is counted. */
  readonly forced?: Readonly<Record<string, string>>
}

export type DecisionReason =
  /** By the hash. */
  | 'assigned'
  /** It had the variant before. */
  | 'sticky'
  /** For trying it out. */
  | 'forced'
  /** The experiment is over and everyone gets this variant. */
  | 'winner'
  | 'not-running'
  /** Kept out of all experiments of a holdout, to measure what they do together. */
  | 'held-back'
  /** Another experiment of the namespace may have it. */
  | 'outside-namespace'
  | 'condition'
  | 'inactive-hours'
  | 'not-covered'
  /** Its id is empty. */
  | 'no-subject'

/** What one subject gets in one experiment, and why. */
export interface Decision {
  readonly experimentId: string
  readonly experimentKey: string
  /** Null for a subject that does not take part: it gets what it would without the experiment. */
  readonly variantId: string | null
  readonly variantKey: string | null
  /** What code gets: the variant's value or, where it has none, its key; null without a variant. */
  readonly value: JsonValue
  readonly reason: DecisionReason
  /** Whether there are {@link exposures} to report once it was seen. */
  readonly counted: boolean
  /** Experiment id → variant id: this one's, and its holdout's. */
  readonly exposures: Readonly<Record<string, string>>
}
