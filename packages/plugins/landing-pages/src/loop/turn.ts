import type { WorkspaceContext } from '@espalier/core'
import type { PageContent } from '../content.ts'
import type { LoopRules } from './rules.ts'
import type { Loop, Run, StepNote } from './run.ts'

/** The page that a turn of the loop is about, with the variants that are not archived, in order. */
export interface LoopPage {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly language: string
  readonly status: string
  readonly experimentId: string | null
  readonly variants: readonly LoopVariant[]
}

export interface LoopVariant {
  readonly id: string
  readonly key: string
  /** What visitors see; null before it was published. */
  readonly published: PageContent | null
}

/** What a step works with. */
export interface Turn {
  readonly context: WorkspaceContext
  readonly run: Run
  readonly loop: Loop
  readonly page: LoopPage
  readonly rules: LoopRules
  /** Aborted when the job has to end. */
  readonly signal: AbortSignal
}

/** What a step leaves: written in one transaction, together with the word which step comes next. */
export interface Outcome {
  /** Name of the next step; "done" ends the turn. */
  readonly next: string
  /** What the steps that follow need; what it was where nothing is said. */
  readonly state?: object
  readonly write?: (writing: Writing) => Promise<void>
}

/** Where a step writes. */
export interface Writing {
  readonly tx: WorkspaceContext
  /** Writes a line of the loop's log. @returns its id */
  readonly note: (note: StepNote) => Promise<string>
}

/**
 * A step of a turn. It may ask others (a model, the results) for as long as it takes and changes nothing; what it has to change it
 * returns. It may run again after a crash, until what it returned was written.
 *
 * @param which what follows the colon of its name, as in "candidate:2"
 */
export type Step = (turn: Turn, which: number) => Promise<Outcome>
