import { ask, leaked } from './answers.ts'
import { ownVariables } from './arguments.ts'
import { operationFor, type Place, placesOf } from './documents.ts'
import { type Asker, anonymous, type Estate, type Settled } from './estate.ts'
import { each, type Finding } from './finding.ts'

/** What came of asking for files and pages by forged addresses. */
export interface Forging {
  readonly findings: Finding[]
  /** Addresses that the API gave to the attacker for their own things, and that lead somewhere. */
  readonly given: readonly string[]
}

/**
 * Takes every address that the API gives out for one's own things (exports, previews, pictures, links), and asks for the neighbor's by
 * it: each id, slug and key that stands in it exchanged for theirs, in what is encoded or signed, too.
 */
export async function forgeAddresses(
  estate: Estate,
  { attacker, key, neighbor }: { attacker: Settled; key: Asker; neighbor: Settled },
): Promise<Forging> {
  const findings: Finding[] = []
  const given: string[] = []
  await each([...(await addressesOf(estate, attacker))], async (address) => {
    const open = async (asker: Asker, at: string) => {
      const path = at.slice(estate.app.kernel.publicUrl.length)
      const response = await fetch(estate.app.url + path, { headers: asker.headers, redirect: 'manual' })
      const text = await response.text()
      return { status: response.status, text: `${response.headers.get('location') ?? ''} ${text}` }
    }
    if ((await open(attacker.owner, address)).status < 400) given.push(address)
    const forged = forge(address, attacker, neighbor)
    if (forged === address) return
    for (const asker of [attacker.owner, key, anonymous]) {
      const { text } = await open(asker, forged)
      // What is published is for everybody.
      const told = /\/p\/[^/]+\/[^/]+$/.test(new URL(address).pathname) ? undefined : leaked(text, forged)
      if (told) findings.push({ where: new URL(address).pathname, who: asker.name, how: 'tells', detail: told })
    }
  })
  return { findings, given }
}

/**
 * Every address of this installation in an answer about one's own things: of all queries, then of all mutations.
 *
 * @param only which of them
 */
export async function addressesOf(
  estate: Estate,
  { owner, has }: Settled,
  only: (place: Place) => boolean = () => true,
): Promise<Set<string>> {
  const { publicUrl } = estate.app.kernel
  const found = new Set<string>()
  const places = placesOf(estate.schema).filter(
    (place) => place.root !== 'subscription' && !ends.test(place.coordinate) && only(place),
  )
  for (const root of ['query', 'mutation'] as const)
    await each(
      places.filter((place) => place.root === root),
      async (place) => {
        const operation = operationFor(estate.schema, place, 1)
        const { text } = await ask(estate, owner, { query: operation.text, variables: ownVariables(operation, has) })
        for (const [address] of text.matchAll(/https?:\/\/[^\s"\\<>]+/g))
          if (address.startsWith(`${publicUrl}/`)) found.add(address)
      },
    )
  return found
}

const ends =
  /^Mutation\.(signOut|leaveWorkspace|deleteWorkspace|delete\w*|remove\w*|revoke\w*|changePassword|switchWorkspace|signIn)$/

/** The same address about the neighbor's things. */
function forge(address: string, attacker: Settled, neighbor: Settled): string {
  const exchanged = (text: string) =>
    text
      .replaceAll(attacker.id, neighbor.id)
      .replaceAll(attacker.personId, neighbor.personId)
      .replaceAll(attacker.slug, neighbor.slug)
      .replaceAll(attacker.id.replaceAll('-', ''), neighbor.id.replaceAll('-', ''))
      .replaceAll('qa7x', 'qb7x')
      .replaceAll('a0a0', 'b0b0')
  return exchanged(address).replace(/[A-Za-z0-9_-]{16,}/g, (part) => {
    const inner = Buffer.from(part, 'base64url')
    const changed = exchanged(inner.toString('latin1'))
    return changed === inner.toString('latin1') ? part : Buffer.from(changed, 'latin1').toString('base64url')
  })
}
