import { diffWords, structuredPatch } from 'diff'
import type { StoredVariant } from './storedPrompt.ts'

export type DiffPart = 'system' | 'template'
export type DiffKind = 'same' | 'added' | 'removed'

/** How one text became another. */
export interface TextDiff {
  readonly part: DiffPart
  /** Lines that changed, with three around each. */
  readonly hunks: readonly Hunk[]
  /** The whole text by words. Null where there is too much of it that differs to be shown so. */
  readonly words: readonly Piece[] | null
}

export interface Hunk {
  /** Number of its first line and how many, before and after. */
  readonly fromLine: number
  readonly fromLines: number
  readonly toLine: number
  readonly toLines: number
  readonly lines: readonly Piece[]
}

export interface Piece {
  readonly kind: DiffKind
  readonly text: string
}

/** A parameter that is not the same; null where it is not set. */
export interface ParameterDiff {
  readonly name: string
  readonly from: string | null
  readonly to: string | null
}

export interface VariantDiff {
  readonly from: StoredVariant
  readonly to: StoredVariant
  /** The texts that are not the same. */
  readonly texts: readonly TextDiff[]
  readonly parameters: readonly ParameterDiff[]
}

/** Two texts that have nothing in common take time that grows with the square of their length. Milliseconds. */
const patience = 500

/** What differs between any two variants, of whatever prompts and languages. */
export function diffVariants(from: StoredVariant, to: StoredVariant): VariantDiff {
  const parts = (['system', 'template'] as const).filter((part) => from[part] !== to[part])
  return {
    from,
    to,
    texts: parts.map((part) => ({ part, hunks: hunksOf(from[part], to[part]), words: wordsOf(from[part], to[part]) })),
    parameters: parametersOf(from.parameters, to.parameters),
  }
}

function hunksOf(from: string, to: string): Hunk[] {
  const patch = structuredPatch('', '', withEnd(from), withEnd(to), '', '', { context: 3, timeout: patience })
  if (!patch) return [replaced(from, to)]
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    ...{ fromLine: oldStart, fromLines: oldLines, toLine: newStart, toLines: newLines },
    lines: lines.map((line) => ({ kind: kinds[line[0] as keyof typeof kinds] ?? 'same', text: line.slice(1) })),
  }))
}

function wordsOf(from: string, to: string): Piece[] | null {
  const changes = diffWords(from, to, { timeout: patience })
  return (
    changes?.map(({ added, removed, value: text }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text,
    })) ?? null
  )
}

/** All of one, then all of the other. */
function replaced(from: string, to: string): Hunk {
  const [before, after] = [from.split('\n'), to.split('\n')]
  return {
    ...{ fromLine: 1, fromLines: before.length, toLine: 1, toLines: after.length },
    lines: [
      ...before.map((text) => ({ kind: 'removed', text }) as const),
      ...after.map((text) => ({ kind: 'added', text }) as const),
    ],
  }
}

function parametersOf(from: unknown, to: unknown): ParameterDiff[] {
  const [before, after] = [from ?? {}, to ?? {}] as [Record<string, unknown>, Record<string, unknown>]
  const told = (value: unknown) => (value === undefined || value === null ? null : String(value))
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => ({ name, from: told(before[name]), to: told(after[name]) }))
    .filter(({ from, to }) => from !== to)
}

/** That a text ends without a line break is no difference to a model. */
function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

const kinds = { ' ': 'same', '+': 'added', '-': 'removed' } as const
