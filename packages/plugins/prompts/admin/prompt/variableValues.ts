import type { FoundPrompt } from './Prompt.tsx'

type Variable = FoundPrompt['variables'][number]

/** What is written into the field of a variable: text as it is, anything else as JSON. */
export function writtenValue({ type, example }: Variable): string {
  if (example === null || example === undefined) return ''
  return type === 'TEXT' && typeof example === 'string' ? example : JSON.stringify(example, null, 2)
}

/** The values by the names of variables, or what is wrong with which field. */
export function readValues(
  variables: readonly Variable[],
  written: Readonly<Record<string, string>>,
): { values: Record<string, unknown>; wrong: Record<string, 'missing' | 'notJson'> } {
  const values: Record<string, unknown> = {}
  const wrong: Record<string, 'missing' | 'notJson'> = {}
  for (const { name, type, required } of variables) {
    const text = written[name] ?? ''
    if (text.trim() === '') {
      if (required && type !== 'TEXT') wrong[name] = 'missing'
      else if (required) values[name] = ''
      continue
    }
    if (type === 'TEXT') {
      values[name] = text
      continue
    }
    try {
      values[name] = JSON.parse(text)
    } catch {
      wrong[name] = 'notJson'
    }
  }
  return { values, wrong }
}
