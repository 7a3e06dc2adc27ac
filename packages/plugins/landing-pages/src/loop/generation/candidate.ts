import type { Told } from '@espalier/core'
import type { PageContent } from '../../content.ts'

/** A version that was proposed, not looked at yet. */
export interface Proposed {
  /** `model`: a model wrote it. `recombined`: of what the page's versions say. */
  readonly origin: 'model' | 'recombined'
  /** As it came: of a model it may be anything. */
  readonly content: unknown
  readonly parentVariantId: string
  readonly parentKey: string
  readonly otherParentId: string | null
  readonly rationale: string
  /** What it is expected to do, and what it was made by: for the evidence. */
  readonly evidence: object
  readonly promptExecutionId?: string
  readonly aiCallId?: string
  /** Why it is not the model's, where one was to write it. */
  readonly instead?: Told
}

/** What candidates are held against. */
export interface Against {
  readonly parent: PageContent
  /** All that visitors of the page have seen. */
  readonly known: readonly PageContent[]
  /** {@link contentHash}es of candidates of before. */
  readonly hashes: ReadonlySet<string>
}
