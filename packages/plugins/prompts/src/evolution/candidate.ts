import type { PromptVariable } from '../runner.ts'
import { variablesOf, type Wording, wordingIssues } from '../template.ts'
import type { Expectation } from './expectation.ts'

/** A case as it was when the evolution began. */
export interface TriedCase {
  readonly id: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly expectation: Expectation
}

/** What came of a wording on a case. */
export interface Measured {
  /** From 0 to 1; null where it is not known: the call left, and whether it was answered cannot be told. */
  readonly score: number | null
  /** What was wrong, in sentences. */
  readonly feedback: readonly string[]
  /** What the model said, cut. */
  readonly answer: string
}

/** A wording of the pool. Number 0 is the one that it began with. */
export interface Candidate {
  readonly number: number
  readonly kind: 'origin' | 'mutation' | 'crossover'
  /** Numbers of those that it was made from. */
  readonly parents: readonly number[]
  readonly generation: number
  readonly wording: Wording
  /** What was thought when it was made. */
  readonly diagnosis: string
  /** On held-back cases, by id; without those that could not be measured. */
  readonly heldBack: ReadonlyMap<string, number>
}

/** What was proposed and not taken, and why. */
export interface Refused {
  readonly kind: 'mutation' | 'crossover'
  readonly parents: readonly number[]
  readonly generation: number
  readonly wording: Wording | null
  readonly diagnosis: string
  readonly reason: string
}

/** What whoever proposes gives back. */
export interface Proposal {
  readonly diagnosis: string
  readonly wording: Wording
}

/**
 * Why a wording cannot take the place of its parents: it does not parse, asks for what the prompt does not declare, leaves out a
 * required variable that a parent used, or unmarks values. Null for a sound one.
 */
export function unsound(
  wording: Wording,
  parents: readonly Wording[],
  variables: readonly PromptVariable[],
): string | null {
  if (wording.template.trim() === '') return 'Its template is empty: the model would be told nothing.'
  const issues = wordingIssues(wording, variables)
  if (issues.length > 0) return issues.map(({ path, message }) => `Its ${path} ${message.en}`).join(' ')
  const used = variablesOf(wording)
  const wanted = new Set(parents.flatMap((parent) => [...variablesOf(parent)]))
  const dropped = variables.filter(({ name, required }) => required !== false && wanted.has(name) && !used.has(name))
  if (dropped.length > 0)
    return `It no longer uses ${dropped.map(({ name }) => `"${name}"`).join(', ')}, which is required and which its parent used.`
  // Whoever proposes has read what others wrote: it does not get to take the marks off.
  if (unmarked(wording) > Math.max(...parents.map(unmarked)))
    return 'It puts a value in without the marks that keep it apart (“plain”), and its parent did not.'
  return null
}

/** Without marks that a model copied from what it was shown: values are marked when they are filled in. */
export function withoutMarks({ system, template }: Wording): Wording {
  const bare = (text: string) => text.replace(/<\s*\/?\s*data\s*>/gi, '').trim()
  return { system: bare(system), template: bare(template) }
}

export function sameWording(one: Wording, other: Wording): boolean {
  return one.system.trim() === other.system.trim() && one.template.trim() === other.template.trim()
}

function unmarked({ system, template }: Wording): number {
  return `${system}\n${template}`.match(/\|\s*plain\b/g)?.length ?? 0
}
