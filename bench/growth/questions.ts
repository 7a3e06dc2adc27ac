import { type Aim, type Contestant, compare } from '../compare.ts'

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
 */
export async function compareSizes(
  { key, title, notes }: { key: string; title: string; notes: readonly string[] },
  small: Sized,
  large: Sized,
  atMost: number,
): Promise<void> {
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
  await compare({ key, title, unit: 'questions', contestants, aims, notes, sliceMs: 400 })
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
