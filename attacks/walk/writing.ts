import { type Answer, ask, codesOf, leaked, likeness } from './answers.ts'
import { ownVariables, variationsOf } from './arguments.ts'
import type { Belongings } from './belongings.ts'
import { operationFor, type Place, placesOf } from './documents.ts'
import type { Asker, Estate, Settled } from './estate.ts'
import type { Finding } from './finding.ts'
import { difference } from './reading.ts'

/** How answers of mutations are compared. */
const made = { numbers: false }

/** What came of asking every mutation. */
export interface Writing {
  readonly findings: Finding[]
  /** Mutations that were carried out on the attacker's own things: so what was refused was refused for its aim. */
  readonly carriedOut: string[]
  readonly refused: { readonly where: string; readonly why: string }[]
  readonly requests: number
}

/**
 * Asks every mutation of both schemas, each in a workspace of its own that is there for it: with something of the neighbor's in each
 * place of the input, with what nobody has, and at last about one's own. Whatever is not as it was in the neighbor's tables is a
 * finding; so is an answer that holds something of theirs, or is another one than for what nobody has.
 */
export async function writeEverything(
  estate: Estate,
  { neighbor, only }: { neighbor: Settled; only?: (place: Place) => boolean },
): Promise<Writing> {
  const writing: Writing & { requests: number } = { findings: [], carriedOut: [], refused: [], requests: 0 }
  const nobody = estate.nobody()
  let before = await estate.print(neighbor)
  for (const place of placesOf(estate.schema).filter((one) => one.root === 'mutation' && (only?.(one) ?? true))) {
    const attacker = await estate.settle('a')
    const key = await estate.key(attacker)
    const places = [
      [attacker.owner, place],
      ...placesOf2(estate, place).map((public_) => [key, public_] as const),
    ] as const
    for (const [asker, place] of places) {
      const operation = operationFor(schemaOf(estate, asker), place, 1)
      const asked = async (variables: Record<string, unknown>) => {
        writing.requests++
        const answer = await ask(estate, asker, { query: operation.text, variables })
        const told = leaked(answer.text, variables)
        if (told) writing.findings.push({ where: place.coordinate, who: asker.name, how: 'tells', detail: told })
        return answer
      }
      const variations = variationsOf(operation, attacker.has)
      // What takes nothing that could be anybody's is asked as it is.
      if (variations.length === 0 && asker === key) await asked(ownVariables(operation, attacker.has))
      for (const { what, variables } of variations) {
        const theirs = await asked(variables(neighbor.has))
        const nobodys = await asked(variables(nobody))
        if (likeness(theirs, made) === likeness(nobodys, made)) continue
        // The first may have changed what the second was asked of: each once more, where nothing was asked before.
        const [first, second] = await afresh(estate, asker, place, what, [neighbor.has, nobody])
        if (likeness(first, made) !== likeness(second, made))
          writing.findings.push({
            where: what,
            who: asker.name,
            how: 'differs',
            detail: difference(first, second, made),
          })
      }
    }
    const operation = operationFor(estate.schema, place, 1)
    const own = await ask(estate, attacker.owner, {
      query: operation.text,
      variables: ownVariables(operation, attacker.has),
    })
    writing.requests++
    if (succeeded(own)) writing.carriedOut.push(place.coordinate)
    else writing.refused.push({ where: place.coordinate, why: `${codesOf(own)} ${own.text.slice(0, 400)}` })
    const after = await estate.print(neighbor)
    writing.findings.push(...changesBetween(before, after, place.coordinate))
    before = after
  }
  return writing
}

/** The answers to one variation, each in a workspace of its own. */
async function afresh(
  estate: Estate,
  { endpoint }: Asker,
  place: Place,
  what: string,
  those: readonly [Belongings, Belongings],
): Promise<[Answer, Answer]> {
  const answers: Answer[] = []
  for (const whose of those) {
    const attacker = await estate.settle('a')
    const asker = endpoint === '/graphql' ? attacker.owner : await estate.key(attacker)
    const operation = operationFor(schemaOf(estate, asker), place, 1)
    const variation = variationsOf(operation, attacker.has).find((one) => one.what === what)
    answers.push(await ask(estate, asker, { query: operation.text, variables: variation?.variables(whose) ?? {} }))
  }
  return answers as [Answer, Answer]
}

/** What is not as it was in the neighbor's tables. */
export function changesBetween(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  where: string,
): Finding[] {
  return Object.keys(after)
    .filter((table) => before[table] !== after[table])
    .map((table) => ({
      where,
      who: 'owner or key',
      how: 'changes',
      detail: `${table}: ${after[table]?.slice(0, 300)}`,
    }))
}

function succeeded({ text }: Answer): boolean {
  return /"__typename":"\w+Success"/.test(text)
}

function schemaOf(estate: Estate, { endpoint }: Asker) {
  return endpoint === '/graphql' ? estate.schema : estate.publicSchema
}

let publicPlaces: { of: Estate; places: Map<string, Place> } | undefined

/** The same place of the public schema, where it is there. */
function placesOf2(estate: Estate, { coordinate }: Place): Place[] {
  if (publicPlaces?.of !== estate)
    publicPlaces = {
      of: estate,
      places: new Map(placesOf(estate.publicSchema).map((place) => [place.coordinate, place])),
    }
  const place = publicPlaces.places.get(coordinate)
  return place ? [place] : []
}
