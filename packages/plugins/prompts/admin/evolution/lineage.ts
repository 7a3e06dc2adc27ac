import type { DrawnNode } from '@espalier/admin-kit'
import type { PromptEvolutionQuery } from '../graphql/graphql.ts'

export type EvolvedCandidate = Extract<
  NonNullable<PromptEvolutionQuery['node']>,
  { __typename: 'PromptEvolution' }
>['candidates'][number]

interface Words {
  readonly origin: string
  readonly refused: string
  readonly candidate: (number: number) => string
  readonly kinds: Readonly<Record<string, string>>
}

/** What was tried, as boxes of a graph: by their places, for those that were not taken have no number. */
export function nodesOf(
  candidates: readonly EvolvedCandidate[],
  words: Words,
  write: (score: number) => string,
): DrawnNode[] {
  return candidates.map(({ number, kind, score, onFront, refusal }, place) => ({
    id: String(place),
    label: kind === 'origin' ? words.origin : number === null ? words.refused : words.candidate(number),
    detail: [words.kinds[kind] ?? kind, ...(score === null ? [] : [write(score)])].join(' · '),
    color: refusal === null ? (onFront ? 'positive' : 1) : 'muted',
    emphasized: onFront,
  }))
}

/** From those that a wording was made of to it. Parents are named by number. */
export function edgesOf(candidates: readonly EvolvedCandidate[]): { from: string; to: string }[] {
  const places = new Map(candidates.flatMap(({ number }, place) => (number === null ? [] : [[number, place] as const])))
  return candidates.flatMap(({ parents }, place) =>
    parents.flatMap((parent) => {
      const from = places.get(parent)
      return from === undefined || from === place ? [] : [{ from: String(from), to: String(place) }]
    }),
  )
}
