import type { Told } from '@espalier/core'

export type LoopMode = 'off' | 'approve' | 'automatic'
export type RunKind = 'analysis' | 'generation'
export type RunStatus = 'waiting' | 'running' | 'approval' | 'done' | 'failed' | 'canceled'
export type StepStatus = 'done' | 'waiting' | 'rejected' | 'withdrawn' | 'undone'

/** What the loop does, as its steps are called. */
export type StepKind =
  | 'measurement'
  | 'problem'
  | 'patterns'
  | 'promotion'
  | 'brake'
  | 'retirement'
  | 'record'
  | 'support'
  | 'brief'
  | 'candidate'
  | 'introduction'
  | 'undo'

/** How a page improves itself, as the database keeps it. */
export interface Loop {
  readonly pageId: string
  readonly mode: LoopMode
  readonly experimentId: string | null
  readonly holdoutId: string | null
  readonly goal: string
  readonly limits: unknown
  readonly record: unknown
  readonly problem: string | null
  /** How often its rules were saved. */
  readonly version: number
}

/** One turn of the loop on one page, as the database keeps it. */
export interface Run {
  readonly id: string
  readonly pageId: string
  readonly kind: RunKind
  readonly status: RunStatus
  /** The step that comes next. */
  readonly step: string
  readonly state: unknown
}

/** What a step leaves behind, for people and for its undoing. */
export interface StepNote {
  readonly kind: StepKind
  readonly status?: StepStatus
  readonly variantKey?: string | null
  readonly summary: Told
  readonly evidence: object
  readonly undo?: Undo | null
}

/** What it takes to undo a step; of one that waits, what it is to do. */
export type Undo =
  | {
      readonly kind: 'introduction'
      readonly variantId: string
      readonly variantKey: string
      readonly candidateId: string | null
    }
  | { readonly kind: 'retirement'; readonly variantId: string; readonly variantKey: string }
  | { readonly kind: 'ceiling'; readonly variantKey: string; readonly from: number; readonly to: number }
