import { allBlocks } from '../blockData.ts'
import type { LoopPage } from './turn.ts'

/** The goals that following a link or sending a form of the page's first version reaches, in reading order, each once. */
export function goalsOnPage({ variants }: Pick<LoopPage, 'variants'>): string[] {
  const content = variants[0]?.published
  if (!content) return []
  const goals = allBlocks(content).flatMap(({ props }) => goalsIn(props))
  return [...new Set(goals)]
}

function goalsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = (value as { goal?: unknown }).goal
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(value).flatMap(goalsIn)]
}
