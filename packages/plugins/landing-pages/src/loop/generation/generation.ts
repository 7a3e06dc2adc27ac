import type { SqlContext, Told } from '@espalier/core'
import type { PromptRunner } from '@espalier/prompts'
import type { Catalog } from '../../blocks/catalog.ts'
import type { QualityChecks } from '../../quality/pageQuality.ts'
import type { ArmChanges } from '../armChanges.ts'
import type { LoopExperiments } from '../loopExperiment.ts'
import type { ReadArmsParts } from '../readArms.ts'
import type { Outcome } from '../turn.ts'
import type { Order } from './written.ts'

export interface GenerationParts extends ReadArmsParts {
  readonly pairs: LoopExperiments
  readonly changes: ArmChanges
  readonly catalog: Catalog
  readonly quality: Pick<QualityChecks, 'refuseBroken'>
  /** What a model is asked through; undefined where the installation runs without. */
  readonly prompts: PromptRunner | undefined
  /** Whether the workspace has a model. */
  readonly hasModel: (context: SqlContext) => Promise<boolean>
}

/** What the steps of a generation leave for one another. */
export interface GenerationState {
  /** How many new versions there may be. */
  readonly wanted: number
  readonly accepted: number
  /** With it a model writes them, without it they are recombined. */
  readonly order: Order | null
  /** What the versions so far set out to do. */
  readonly before: readonly string[]
}

/** The end of a generation that makes no more, with the reason. */
export function over(kind: 'support' | 'brief' | 'candidate', summary: Told, evidence: object = {}): Outcome {
  return {
    next: 'done',
    write: async ({ note }) => {
      await note({ kind, summary, evidence })
    },
  }
}
