import { allBlocks, contentOf } from '../canvas/content.ts'

/** The goals that the blocks of a content lead to, by name, each once. */
export function goalsOf(content: unknown): string[] {
  const goals = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, part] of Object.entries(value)) {
      if (name === 'goal' && typeof part === 'string' && part !== '') goals.add(part)
      else walk(part)
    }
  }
  for (const { props } of allBlocks(contentOf(content).content)) walk(props)
  return [...goals]
}
