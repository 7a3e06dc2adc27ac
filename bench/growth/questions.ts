import { type Aim, type Contestant, compare, type Workload } from '../compare.ts'

/** Something that is asked of an installation. @returns when it is answered */
export type Question = () => Promise<unknown>

/** An installation of some size, and what it is asked. */
export interface Sized {
  /** "0.1 million events" */
  readonly name: string
  readonly questions: Readonly<Record<string, Question>>
  /** Milliseconds of CPU of it and its database so far. */
  readonly cpu: () => number
}

/**
 * Asks a small and a large installation the same questions in turns, and says for each how much longer the large one takes:
 * one at a time, so that it is the latency of a question and not of a queue.
 *
 * @param atMost the aim: how many times as long
 * @param alike whether both have to answer the same, but for ids, names and times
 * @throws where they do not
 */
export async function compareSizes(
  { key, title, notes, preliminary }: Pick<Workload, 'key' | 'title' | 'notes' | 'preliminary'>,
  small: Sized,
  large: Sized,
  { atMost, alike = false }: { atMost: number; alike?: boolean },
): Promise<void> {
  if (alike) await refuseDifferentAnswers(small, large)
  const contestants = [small, large].flatMap(({ name, questions, cpu }) =>
    Object.entries(questions).map(
      ([question, ask]): Contestant => ({ name: `${question}, ${name}`, slice: asking(ask), cpu }),
    ),
  )
  const aims = Object.keys(large.questions).map(
    (question): Aim => ({
      of: `${question}, ${large.name}`,
      beside: `${question}, ${small.name}`,
      figure: 'p50',
      atMost,
    }),
  )
  await compare({ key, title, unit: 'questions', contestants, aims, notes, preliminary, sliceMs: 400 })
}

async function refuseDifferentAnswers(small: Sized, large: Sized): Promise<void> {
  for (const [question, ask] of Object.entries(large.questions)) {
    const [one, two] = [outline(await small.questions[question]?.()), outline(await ask())]
    if (one !== two) throw new Error(`${question}: ${small.name} answers ${one}, ${large.name} answers ${two}`)
  }
}

/** An answer without its texts: how many there are of what, and every number. */
function outline(answer: unknown): string {
  return JSON.stringify(answer, (_, value) => (typeof value === 'string' ? '…' : value)) ?? 'nothing'
}

function asking(ask: Question): Contestant['slice'] {
  return async (milliseconds) => {
    const latencies: number[] = []
    const end = performance.now() + milliseconds
    // Once at least: a question may take longer than a slice.
    do {
      const begun = performance.now()
      await ask()
      latencies.push(performance.now() - begun)
    } while (performance.now() < end)
    return { done: latencies.length, latencies }
  }
}
