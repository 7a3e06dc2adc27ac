import { createHash } from 'node:crypto'
import { type Random, seededRandom } from '@espalier/core'
import type { PromptVariable } from '../runner.ts'
import type { Wording } from '../template.ts'
import {
  type Candidate,
  type Measured,
  type Proposal,
  type Refused,
  sameWording,
  type TriedCase,
  unsound,
} from './candidate.ts'
import { type Example, shownExample } from './example.ts'
import { complementaryPairs, paretoFront, sampleFront } from './pareto.ts'

/** What an evolution began with. It does not change while it runs. */
export interface Origin {
  readonly wording: Wording
  readonly variables: readonly PromptVariable[]
  /** What whoever proposes may see. */
  readonly learning: readonly TriedCase[]
  /** What decides, and is shown to nobody. */
  readonly heldBack: readonly TriedCase[]
  readonly generations: number
  readonly seed: string
}

/** What costs money. Each answers the same when asked the same again. */
export interface Trials {
  /** Tries a wording on a case. @param candidate a number that is the wording's own */
  measure(candidate: number, wording: Wording, tried: TriedCase): Promise<Measured>
  /** Another wording from one, by what it got wrong; null where none came. */
  mutate(generation: number, parent: Wording, examples: readonly Example[]): Promise<Proposal | null>
  /** One wording of two. */
  join(
    generation: number,
    parents: readonly [Wording, Wording],
    examples: readonly [Example[], Example[]],
  ): Promise<Proposal | null>
  /** Told after every generation, and once before the first. */
  advanced(generation: number, pool: Pool): Promise<void>
}

/** What an evolution has found. */
export class Pool {
  readonly candidates: Candidate[] = []
  readonly refused: Refused[] = []

  get front(): number[] {
    return paretoFront(this.candidates.map(({ heldBack }) => heldBack)).map(({ index }) => index)
  }
}

/** Learning cases that a wording is tried on at a time; as GEPA's default. */
const batchSize = 3
/** Cases that are tried at the same time: kind to the model service, and little is under way when money runs out. */
const atOnce = 4

/**
 * Reflective evolution: takes a candidate of the Pareto front, tries it on a few learning cases, has a model read what went
 * wrong and propose another wording, and takes that into the pool if it does better on the same cases; then it is measured
 * on the held-back ones. Two candidates that are best at different cases are joined now and then.
 *
 * Runs to the same end from the same origin, whatever of it has run before: chance is seeded by generation, and `trials`
 * answer the same again. What they throw ends it; the pool holds what was found until then.
 *
 * Source: Agrawal et al. (2025), "GEPA: Reflective Prompt Evolution Can Outperform Reinforcement Learning",
 * arXiv 2507.19457, algorithms 1 and 2, for prompts of one module: the merge of modules is a merge of wordings there.
 */
export async function evolve(origin: Origin, trials: Trials, pool: Pool): Promise<void> {
  const run = new Run(origin, trials, pool)
  await run.begin()
  for (let generation = 1; generation <= origin.generations; generation++) {
    if (run.isPerfect) return
    await run.generation(generation)
    await trials.advanced(generation, pool)
  }
}

class Run {
  readonly #origin: Origin
  readonly #trials: Trials
  readonly #pool: Pool
  /** Pairs that were joined already. */
  readonly #joined = new Set<string>()
  /** Numbers of candidates are given out once, also to those that are refused: their trials have keys of their own. */
  #numbers = 0
  #batches = 0
  #joinedLast = false

  constructor(origin: Origin, trials: Trials, pool: Pool) {
    this.#origin = origin
    this.#trials = trials
    this.#pool = pool
  }

  get isPerfect(): boolean {
    return this.#pool.candidates.some(
      ({ heldBack }) => heldBack.size > 0 && [...heldBack.values()].every((score) => score === 1),
    )
  }

  async begin(): Promise<void> {
    const { wording, heldBack } = this.#origin
    const number = this.#numbers++
    this.#pool.candidates.push({
      number,
      kind: 'origin',
      parents: [],
      generation: 0,
      wording,
      diagnosis: '',
      heldBack: await this.#scores(number, wording, heldBack),
    })
    await this.#trials.advanced(0, this.#pool)
  }

  async generation(generation: number): Promise<void> {
    const random = this.#chance(`generation ${generation}`)
    const batch = this.#nextBatch()
    const pair = this.#pair()
    // Every other time at most: joining brings nothing new, it only brings together.
    this.#joinedLast = pair !== null && !this.#joinedLast
    if (pair && this.#joinedLast) return this.#crossover(generation, pair, batch)
    const parent = this.#candidate(sampleFront(this.#front(), random))
    return this.#mutation(generation, parent, batch)
  }

  async #mutation(generation: number, parent: Candidate, batch: readonly TriedCase[]): Promise<void> {
    const examples = await this.#examples(parent, batch)
    const about = { kind: 'mutation', parents: [parent.number], generation } as const
    if (examples.size === 0) return this.#refuse(about, null, 'None of the cases could be measured.')
    if ([...examples.values()].every(({ score }) => score === 1))
      return this.#refuse(about, null, 'There was nothing to learn: everything was right on the cases it was tried on.')
    const proposal = await this.#trials.mutate(generation, parent.wording, [...examples.values()])
    await this.#try(about, proposal, [parent], batch, (child, [before]) => child > (before as number))
  }

  async #crossover(
    generation: number,
    pair: readonly [Candidate, Candidate],
    batch: readonly TriedCase[],
  ): Promise<void> {
    this.#joined.add(pairKey(pair))
    const examples: [Example[], Example[]] = [
      [...(await this.#examples(pair[0], batch)).values()],
      [...(await this.#examples(pair[1], batch)).values()],
    ]
    const about = { kind: 'crossover', parents: pair.map(({ number }) => number), generation } as const
    const proposal = await this.#trials.join(generation, [pair[0].wording, pair[1].wording], examples)
    await this.#try(about, proposal, pair, batch, (child, before) => child >= Math.max(...before))
  }

  /** Takes a proposal into the pool, or keeps it with the reason why not. */
  async #try(
    about: Pick<Refused, 'kind' | 'parents' | 'generation'>,
    proposal: Proposal | null,
    parents: readonly Candidate[],
    batch: readonly TriedCase[],
    isBetter: (child: number, parents: readonly number[]) => boolean,
  ): Promise<void> {
    const number = this.#numbers++
    if (!proposal) return this.#refuse(about, null, 'The model gave no wording that could be read.')
    const { wording } = proposal
    const { variables, heldBack } = this.#origin
    const problem = unsound(
      wording,
      parents.map((parent) => parent.wording),
      variables,
    )
    if (problem) return this.#refuse(about, proposal, problem)
    if (this.#isKnown(wording)) return this.#refuse(about, proposal, 'It says what another says already.')

    const before = await Promise.all(parents.map((parent) => this.#scores(parent.number, parent.wording, batch)))
    const after = await this.#scores(number, wording, batch)
    const shared = batch.map(({ id }) => id).filter((id) => [after, ...before].every((scores) => scores.has(id)))
    if (shared.length === 0) return this.#refuse(about, proposal, 'None of the cases could be measured.')
    const total = (scores: ReadonlyMap<string, number>) => shared.reduce((sum, id) => sum + (scores.get(id) ?? 0), 0)
    if (!isBetter(total(after), before.map(total)))
      return this.#refuse(
        about,
        proposal,
        `It did no better on ${shared.length} learning cases: ${score(total(after) / shared.length)} against ${before.map((scores) => score(total(scores) / shared.length)).join(' and ')}.`,
      )
    this.#pool.candidates.push({
      ...about,
      number,
      wording,
      diagnosis: proposal.diagnosis,
      heldBack: await this.#scores(number, wording, heldBack),
    })
  }

  #refuse(about: Pick<Refused, 'kind' | 'parents' | 'generation'>, proposal: Proposal | null, reason: string): void {
    this.#pool.refused.push({
      ...about,
      wording: proposal?.wording ?? null,
      diagnosis: proposal?.diagnosis ?? '',
      reason,
    })
  }

  #isKnown(wording: Wording): boolean {
    const known = [...this.#pool.candidates, ...this.#pool.refused].flatMap(({ wording }) => wording ?? [])
    return known.some((other) => sameWording(other, wording))
  }

  async #examples(candidate: Candidate, batch: readonly TriedCase[]): Promise<Map<string, Example>> {
    const measured = await this.#measure(candidate.number, candidate.wording, batch)
    return new Map(
      measured.flatMap(({ score, feedback, answer }, at) => {
        const { id, variables } = batch[at] as TriedCase
        return score === null ? [] : [[id, shownExample({ variables, answer, score, feedback })] as const]
      }),
    )
  }

  async #scores(number: number, wording: Wording, cases: readonly TriedCase[]): Promise<Map<string, number>> {
    const measured = await this.#measure(number, wording, cases)
    return new Map(
      measured.flatMap(({ score }, at) => (score === null ? [] : [[(cases[at] as TriedCase).id, score] as const])),
    )
  }

  async #measure(number: number, wording: Wording, cases: readonly TriedCase[]): Promise<Measured[]> {
    const measured: Measured[] = []
    while (measured.length < cases.length) {
      // The very first trial shows what one costs, before several leave at a time.
      const size = number === 0 && measured.length === 0 ? 1 : atOnce
      const next = cases.slice(measured.length, measured.length + size)
      measured.push(...(await settled(next.map((tried) => this.#trials.measure(number, wording, tried)))))
    }
    return measured
  }

  #front() {
    return paretoFront(this.#pool.candidates.map(({ heldBack }) => heldBack))
  }

  /** Two of the front that complete each other and were not joined before. */
  #pair(): readonly [Candidate, Candidate] | null {
    const pairs = complementaryPairs(this.#pool.candidates.map(({ heldBack }) => heldBack)).map(
      ([first, second]) => [this.#candidate(first), this.#candidate(second)] as const,
    )
    return pairs.find((pair) => !this.#joined.has(pairKey(pair))) ?? null
  }

  #candidate(index: number): Candidate {
    return this.#pool.candidates[index] as Candidate
  }

  /** The next learning cases: all of them in a shuffled order, then all again in another. */
  #nextBatch(): TriedCase[] {
    const { learning } = this.#origin
    const size = Math.min(batchSize, learning.length)
    const start = this.#batches++ * size
    const epoch = Math.floor(start / learning.length)
    const order = [...this.#shuffled(epoch), ...this.#shuffled(epoch + 1)]
    const from = start - epoch * learning.length
    // Where an epoch ends within a batch, a case may come twice.
    const seen = new Set<string>()
    return order
      .slice(from)
      .filter(({ id }) => !seen.has(id) && seen.add(id))
      .slice(0, size)
  }

  #shuffled(epoch: number): TriedCase[] {
    const random = this.#chance(`epoch ${epoch}`)
    const order = [...this.#origin.learning]
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor(random.next() * (at + 1))
      ;[order[at], order[other]] = [order[other] as TriedCase, order[at] as TriedCase]
    }
    return order
  }

  #chance(purpose: string): Random {
    return seededRandom(createHash('sha256').update(`${this.#origin.seed} ${purpose}`).digest().readInt32LE())
  }
}

/** As Promise.all, but ends only when all have: nothing goes on behind the back of whoever stops. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function pairKey([first, second]: readonly [Candidate, Candidate]): string {
  return `${first.number} ${second.number}`
}

function score(value: number): string {
  return value.toFixed(2)
}
