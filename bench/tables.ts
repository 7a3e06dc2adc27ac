import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Verdict, Workload } from './compare.ts'

const page = join(import.meta.dirname, '../docs/performance.md')

/**
 * Puts what was measured into docs/performance.md: the lines between `<!-- bench: key -->` and `<!-- /bench: key -->`, and
 * the workload's rows of the summary, which stand in the order in which the page has the workloads.
 *
 * @throws where the page has no place for the workload
 */
export async function writeTables(
  { key, title }: Pick<Workload, 'key' | 'title'>,
  lines: readonly string[],
  verdicts: readonly Verdict[],
): Promise<void> {
  const text = replaced(await readFile(page, 'utf8'), key, ['', ...lines, ''])
  const link = `[${title}](#${anchorOf(text, key)})`
  const own = verdicts.map(({ beside, found, aim, reached }) => {
    return `| ${link} | ${beside} | ${found} | ${aim} | ${reached ? 'yes' : 'no'} |`
  })
  const [head, line, ...rows] = text
    .slice(...placeOf(text, 'summary'))
    .split('\n')
    .filter(Boolean)
  const places = headingsOf(text)
  const place = (row: string) => places.indexOf(/\(#([^)]+)\)/.exec(row)?.[1] ?? '')
  const all = [...rows.filter((row) => !row.startsWith(`| ${link} `)), ...own].toSorted((a, b) => place(a) - place(b))
  await writeFile(page, replaced(text, 'summary', ['', `${head}`, `${line}`, ...all, '']))
}

/** Of the heading above the workload's place. */
function anchorOf(text: string, key: string): string {
  return headingsOf(text.slice(0, text.indexOf(`<!-- bench: ${key} -->`))).at(-1) ?? ''
}

/** The anchors of the page's headings, as GitHub makes them, in their order. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function replaced(text: string, key: string, lines: readonly string[]): string {
  const [from, to] = placeOf(text, key)
  return text.slice(0, from) + lines.map((line) => `${line}\n`).join('') + text.slice(to)
}

function placeOf(text: string, key: string): [from: number, to: number] {
  const [begin, end] = [`<!-- bench: ${key} -->\n`, `<!-- /bench: ${key} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`docs/performance.md has no lines ${begin.trim()} and ${end}.`)
  return [from + begin.length, to]
}
