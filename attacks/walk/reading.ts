import { type Answer, ask, leaked, likeness } from './answers.ts'
import { ownVariables, variationsOf } from './arguments.ts'
import type { Operation, Place } from './documents.ts'
import { placesOf } from './documents.ts'
import { type Asker, anonymous, type Estate, type Settled } from './estate.ts'
import { each, type Finding } from './finding.ts'
import { fitting } from './fit.ts'

/** What came of asking for everything. */
export interface Reading {
  readonly findings: Finding[]
  readonly requests: number
}

/**
 * Asks every query and every field of every type, by the attacker: about their own things with one of the neighbor's named in each
 * place of the arguments, and the same with what nobody has. An answer that holds something of the neighbor's, or that is another one
 * than for what nobody has, is a finding.
 */
export async function readEverything(
  estate: Estate,
  {
    asker,
    attacker,
    neighbor,
    only,
  }: { asker: Asker; attacker: Settled; neighbor: Settled; only?: (place: Place) => boolean },
): Promise<Reading> {
  const schema = asker.endpoint === '/graphql' ? estate.schema : estate.publicSchema
  const nobody = estate.nobody()
  const findings: Finding[] = []
  let requests = 0
  const places = placesOf(schema).filter((place) => place.root === 'query' && (only?.(place) ?? true))
  await each(places, async (place) => {
    const asked = async (who: Asker, operation: Operation, variables: Record<string, unknown>, headers = {}) => {
      requests++
      const answer = await ask(estate, who, { query: operation.text, variables }, headers)
      const told = leaked(answer.text, [variables, headers])
      if (told) findings.push({ where: place.coordinate, who: who.name, how: 'tells', detail: told })
      return answer
    }
    const { operation, answer } = await fitting(estate, asker, place, attacker.has)
    const told = leaked(answer.text)
    if (told) findings.push({ where: place.coordinate, who: asker.name, how: 'tells', detail: told })
    for (const { what, variables } of variationsOf(operation, attacker.has)) {
      const theirs = await asked(asker, operation, variables(neighbor.has))
      const nobodys = await asked(asker, operation, variables(nobody))
      if (likeness(theirs) !== likeness(nobodys))
        findings.push({ where: what, who: asker.name, how: 'differs', detail: difference(theirs, nobodys) })
    }
    if (place.steps.length > 1) return
    // In the neighbor's name, and by nobody.
    const theirs = ownVariables(operation, neighbor.has)
    const name = places.indexOf(place) % 2 ? neighbor.slug : neighbor.id
    await asked(asker, operation, theirs, { 'x-espalier-workspace': name })
    if (asker.endpoint === '/graphql') await asked(anonymous, operation, theirs)
  })
  return { findings, requests }
}

/** What every place answers about one's own, as long as nothing changes. */
export async function ownAnswers(
  estate: Estate,
  asker: Asker,
  attacker: Settled,
  only: (place: Place) => boolean = () => true,
): Promise<{ operation: Operation; answer: Answer }[]> {
  const answers: { operation: Operation; answer: Answer }[] = []
  const places = placesOf(estate.schema).filter((place) => place.root === 'query' && only(place))
  await each(places, async (place) => void answers.push(await fitting(estate, asker, place, attacker.has)))
  return answers
}

/** Asks again what was asked about one's own: what has changed since is a finding. */
export async function compareCounts(
  estate: Estate,
  asker: Asker,
  attacker: Settled,
  before: readonly { operation: Operation; answer: Answer }[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  await each(before, async ({ operation, answer }) => {
    const now = await ask(estate, asker, { query: operation.text, variables: ownVariables(operation, attacker.has) })
    if (likeness(now) !== likeness(answer))
      findings.push({
        where: operation.place.coordinate,
        who: asker.name,
        how: 'counts',
        detail: difference(now, answer),
      })
  })
  return findings
}

/** Where two answers part. */
export function difference(one: Answer, other: Answer, options = {}): string {
  const [a, b] = [likeness(one, options), likeness(other, options)]
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const part = (text: string) => text.slice(Math.max(0, at - 60), at + 90)
  return `${part(a)} ≠ ${part(b)}`
}
