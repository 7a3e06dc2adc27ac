import { readFileSync } from 'node:fs'
import { writeTables } from './tables.ts'

/** One of those that are compared in one run. */
export interface Contestant {
  readonly name: string
  /** Works for about so long, warm and from a standing start. */
  slice(milliseconds: number): Promise<Slice>
  /** Milliseconds of CPU that it has used so far, in whatever process: see {@link cpuOf}. Without it, that of this process. */
  cpu?(): number | Promise<number>
}

/** What was done in a slice. */
export interface Slice {
  /** Requests, events, jobs: whatever the workload counts. */
  readonly done: number
  /** Milliseconds that each took, or a sample of them. */
  readonly latencies?: readonly number[]
}

/** What an issue or a promise asks for: one figure of one contestant beside another's, in the same rounds. */
export interface Aim {
  readonly of: string
  readonly beside: string
  /** `rate`: done a second. `cpu`: CPU each. `p50`, `p99`: how long one takes. All of them ours divided by theirs. */
  readonly figure: 'rate' | 'cpu' | 'p50' | 'p99'
  readonly atLeast?: number
  readonly atMost?: number
}

/** What is asked of something that is sampled by itself, beside the rounds: memory. */
export interface Limit {
  /** What was sampled, with its unit: "kB held of an idle subscriber". */
  readonly of: string
  readonly samples: readonly number[]
  readonly atMost: number
}

export interface Workload {
  /** Its key in docs/performance.md, as in `<!-- bench: graphql-list -->`. */
  readonly key: string
  readonly title: string
  /** What is counted, in the plural: "requests". */
  readonly unit: string
  readonly contestants: readonly Contestant[]
  readonly aims: readonly Aim[]
  readonly limits?: readonly Limit[]
  /** Lines below the table: sizes, settings, what was found equal. */
  readonly notes?: readonly string[]
  /** Milliseconds of a slice, unless SLICE_MS says otherwise. */
  readonly sliceMs?: number
  /** Why its table is not for docs/performance.md: it is smaller than what is aimed at. */
  readonly preliminary?: string | undefined
}

interface Round {
  readonly rate: number
  /** Microseconds of CPU each. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
}

/** The median of the rounds, and the least and the most among them. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/**
 * Lets the contestants take turns, in another random order each round, so that a noisy machine disturbs all alike; ratios
 * are taken within each round. One round before the others warms up and does not count. Prints the table, and with WRITE=1
 * (`npm run bench -- name --write`) puts it into docs/performance.md.
 *
 * ROUNDS (7, and no fewer for a table that is written) and SLICE_MS (1000) in the environment.
 *
 * @returns the rounds of each contestant, by name
 */
export async function compare(workload: Workload): Promise<ReadonlyMap<string, readonly Round[]>> {
  const rounds = Number(process.env.ROUNDS ?? 7)
  const written = process.env.WRITE !== undefined && !workload.preliminary
  if (written && !(rounds >= 7))
    throw new Error(`ROUNDS is ${process.env.ROUNDS}: a table that is written takes 7 or more.`)
  const sliceMs = Number(process.env.SLICE_MS ?? workload.sliceMs ?? 1_000)
  const figures = new Map(workload.contestants.map(({ name }) => [name, [] as Round[]]))
  for (let round = 0; round <= rounds; round++)
    for (const contestant of shuffled(workload.contestants)) {
      const figure = await measure(contestant, sliceMs)
      if (round > 0) figures.get(contestant.name)?.push(figure)
    }
  const verdicts = [
    ...workload.aims.map((aim) => verdictOf(aim, figures)),
    ...(workload.limits ?? []).map((limit) => verdictOfLimit(limit)),
  ]
  const lines = [
    `${rounds} rounds of ${sliceMs} ms in random order; median, and from the least to the most of the rounds.`,
    '',
    ...tableOf(workload, figures),
    '',
    ...verdicts.map(({ sentence }) => `- ${sentence}`),
    ...(workload.notes ?? []).map((note) => `- ${note}`),
  ]
  console.log(`\n${workload.title}\n\n${lines.join('\n')}\n`)
  if (written) await writeTables(workload, lines, verdicts)
  else if (process.env.WRITE) console.log(`Not written: ${workload.preliminary}\n`)
  return figures
}

async function measure({ slice, cpu = cpuOfThisProcess }: Contestant, milliseconds: number): Promise<Round> {
  const cpuBefore = await cpu()
  const started = performance.now()
  const { done, latencies = [] } = await slice(milliseconds)
  const seconds = (performance.now() - started) / 1_000
  const used = (await cpu()) - cpuBefore
  const sorted = latencies.toSorted((a, b) => a - b)
  return { rate: done / seconds, cpu: (used * 1_000) / done, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/** An aim, and what was found. */
export interface Verdict {
  readonly beside: string
  readonly found: string
  readonly aim: string
  readonly reached: boolean
  readonly sentence: string
}

const figureNames = { rate: 'of its rate', cpu: 'of its CPU', p50: 'of its median', p99: 'of its p99' }

function verdictOf(aim: Aim, figures: ReadonlyMap<string, readonly Round[]>): Verdict {
  const { median, least, most } = ratio(aim, figures)
  const reached = median >= (aim.atLeast ?? 0) && median <= (aim.atMost ?? Number.POSITIVE_INFINITY)
  const found = `${digits(median)} ${figureNames[aim.figure]} (${digits(least)}–${digits(most)})`
  const wanted = aim.atLeast === undefined ? `at most ${aim.atMost}` : `at least ${aim.atLeast}`
  const sentence = `${aim.of} beside ${aim.beside}: ${found}; the aim is ${wanted}: **${reached ? 'reached' : 'short'}**.`
  return { beside: `${aim.of} beside ${aim.beside}`, found, aim: wanted, reached, sentence }
}

function verdictOfLimit({ of, samples, atMost }: Limit): Verdict {
  const reached = spreadOf(samples).median <= atMost
  const [found, aim] = [shown(spreadOf(samples)), `at most ${atMost}`]
  const sentence = `${of}: ${found}; the aim is ${aim}: **${reached ? 'reached' : 'short'}**.`
  return { beside: of, found, aim, reached, sentence }
}

/** A figure of one contestant divided by another's, round by round. */
function ratio({ of, beside, figure }: Aim, figures: ReadonlyMap<string, readonly Round[]>): Spread {
  const [ours, theirs] = [figures.get(of), figures.get(beside)]
  if (!ours || !theirs) throw new Error(`"${of}" and "${beside}" do not both take part.`)
  return spreadOf(ours.map((round, index) => round[figure] / (theirs[index]?.[figure] as number)))
}

function tableOf({ unit }: Workload, figures: ReadonlyMap<string, readonly Round[]>): string[] {
  const timed = [...figures.values()].flat().some(({ p99 }) => !Number.isNaN(p99))
  const rows = [...figures].map(([name, rounds]) => {
    const of = (figure: keyof Round) => shown(spreadOf(rounds.map((round) => round[figure])))
    return [name, of('rate'), of('cpu'), ...(timed ? [of('p50'), of('p99')] : [])]
  })
  const head = ['', `${unit} a second`, 'µs of CPU each', ...(timed ? ['p50 ms', 'p99 ms'] : [])]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), least: sorted[0] as number, most: sorted.at(-1) as number }
}

/** A median, and from the least to the most. */
export function shown({ median, least, most }: Spread): string {
  return Number.isNaN(median) ? '–' : `${digits(median)} (${digits(least)}–${digits(most)})`
}

/** By the nearest rank. NaN of nothing. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** User and system time of processes, in milliseconds: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
export function cpuOf(...pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) * 10
  }, 0)
}

function cpuOfThisProcess(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function digits(value: number): string {
  if (Number.isNaN(value)) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
