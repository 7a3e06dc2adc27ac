/** One thing that docs/tutorial.md tells its reader to do, in its order. */
export type TutorialStep =
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'edit'; readonly file: string; readonly from: string; readonly to: string }

/**
 * Reads a tutorial: every line of a block of `sh` is run, and every block of `diff` changes the file that was named last before it,
 * in backticks with its path from the root.
 */
export function tutorialSteps(text: string): TutorialStep[] {
  let file = ''
  return [
    ...text.matchAll(/^```(?<language>sh|diff)\n(?<code>[\s\S]*?)^```$|`(?<path>[\w./-]+\/[\w.-]+\.\w+)`/gm),
  ].flatMap(({ groups = {} }): TutorialStep[] => {
    const { language, code = '', path } = groups
    if (path) {
      file = path
      return []
    }
    if (language === 'diff') return [{ kind: 'edit', file, from: sideOf(code, '-'), to: sideOf(code, '+') }]
    const lines = code.split('\n').filter((line) => line.trim() !== '')
    return lines.map((command) => ({ kind: 'run', command }))
  })
}

/** What a diff looks like before (`-`) or after (`+`): lines that both have begin with a space. */
function sideOf(diff: string, side: '-' | '+'): string {
  return diff
    .split('\n')
    .filter((line) => line.startsWith(' ') || line.startsWith(side) || line === '')
    .map((line) => line.slice(1))
    .join('\n')
    .replace(/\n$/, '')
}

/** @throws where the text is not in the file, or more than once: the reader would not know where */
export function edited(content: string, { file, from, to }: Extract<TutorialStep, { kind: 'edit' }>): string {
  const places = content.split(from).length - 1
  if (places !== 1) throw new Error(`${file} has ${places} places where the tutorial changes:\n${from}`)
  return content.replace(from, () => to)
}
