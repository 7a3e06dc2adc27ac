import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether faults are as many and as long as docs/reliability.md says: `npm run faults`. Else they are short, for `npm test`. */
export const full = process.env.FAULTS === 'full'

/** A line of the table in docs/reliability.md. */
export interface FaultRow {
  /** What was broken, and of which topology: "SIGKILL of a server, two servers". Its key: a new row replaces the old one. */
  readonly fault: string
  /** What people and senders notice. */
  readonly seen: string
  /** What this run has measured, with its counts. */
  readonly measured: string
  /** What is promised. */
  readonly promise: string
}

const page = join(import.meta.dirname, '../../docs/reliability.md')
const [begin, end] = ['<!-- faults -->\n', '<!-- /faults -->']

/** Says what was measured, and in the full form puts it into the table of docs/reliability.md. */
export async function report(row: FaultRow): Promise<void> {
  console.log(`${row.fault}: ${row.measured}`)
  if (!full) return
  const text = await readFile(page, 'utf8')
  await writeFile(page, withRow(text, row))
}

/** @throws where the page has no place for the table */
function withRow(text: string, row: FaultRow): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`docs/reliability.md has no lines ${begin.trim()} and ${end}.`)
  const lines = text.slice(from + begin.length, to).split('\n')
  const known = lines.filter((line) => line.startsWith('| ') && !/^\| (Fault|---)/.test(line))
  const line = `| ${[row.fault, row.seen, row.measured, row.promise].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const place = known.findIndex((other) => other.startsWith(`| ${row.fault} | `))
  const rows = place === -1 ? [...known, line] : known.with(place, line)
  const table = ['', '| Fault | What people see | Measured | Promise |', '| --- | --- | --- | --- |', ...rows, '', '']
  return text.slice(0, from + begin.length) + table.join('\n') + text.slice(to)
}
