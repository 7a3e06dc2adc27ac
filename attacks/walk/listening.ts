import { setTimeout as after } from 'node:timers/promises'
import { announceChange } from '@espalier/core'
import { type Answer, ask, leaked, likeness } from './answers.ts'
import { ownVariables, variationsOf } from './arguments.ts'
import { type Operation, operationFor, type Place, placesOf } from './documents.ts'
import { type Asker, anonymous, type Estate, type Settled } from './estate.ts'
import { each, type Finding } from './finding.ts'
import { difference } from './reading.ts'

/** Somebody listens to a subscription. */
interface Listening {
  readonly asker: Asker
  readonly place: Place
  /** What is tried. */
  readonly what: string
  readonly variables: Record<string, unknown>
  /** The data of the events that have come so far, each once: how often the same came is chance. */
  heard(): readonly string[]
  leave(): void
}

/** What came of listening to everything. */
export interface Heard {
  readonly findings: Finding[]
  readonly streams: number
  /** Subscriptions that told the neighbor of their own things: so what the attacker did not hear was there to be heard. */
  readonly told: ReadonlyMap<string, readonly string[]>
}

/**
 * Listens to every subscription of both schemas, with one's own, with something of the neighbor's in each place of the arguments and
 * with what nobody has, while the neighbor does everything that the API has mutations for. What is heard of the neighbor's is a
 * finding; so is what is heard otherwise than of what nobody has.
 */
export async function listenToEverything(
  estate: Estate,
  {
    attacker,
    key,
    neighbor,
    only,
  }: { attacker: Settled; key: Asker; neighbor: Settled; only?: (place: Place) => boolean },
): Promise<Heard> {
  const wanted = (schema: Estate['schema']) =>
    placesOf(schema).filter((place) => place.root === 'subscription' && (only?.(place) ?? true))
  const nobody = estate.nobody()
  const findings: Finding[] = []
  const pairs: (readonly [theirs: Listening, nobodys: Listening])[] = []
  const others: Listening[] = []
  const own: Listening[] = []
  const inTheirName = {
    ...attacker.owner,
    name: 'owner in the neighbor’s name',
    headers: { ...attacker.owner.headers, 'x-espalier-workspace': neighbor.id },
  }
  for (const asker of [attacker.owner, key]) {
    const schema = asker.endpoint === '/graphql' ? estate.schema : estate.publicSchema
    for (const place of wanted(schema)) {
      const operation = operationFor(schema, place, 1)
      const listen = (who: Asker, what: string, variables: Record<string, unknown>) =>
        listening(estate, who, place, operation, what, variables)
      others.push(listen(asker, place.coordinate, ownVariables(operation, attacker.has)))
      for (const { what, variables } of variationsOf(operation, attacker.has))
        pairs.push([listen(asker, what, variables(neighbor.has)), listen(asker, what, variables(nobody))])
      if (asker !== attacker.owner) continue
      const theirs = ownVariables(operation, neighbor.has)
      own.push(listen(neighbor.owner, place.coordinate, theirs))
      for (const who of [inTheirName, anonymous]) others.push(listen(who, place.coordinate, theirs))
    }
  }
  // Each is taken, or says nothing: what is asked next then comes after it.
  await after(3_000)
  await doEverything(estate, neighbor, only)
  await settled(estate, [attacker, neighbor], [...others, ...own])
  const attackers = [...others, ...pairs.flat()]
  for (const { place, asker, heard } of attackers) {
    // Who listens may be seen by who else listens, with what they have said of themselves.
    const sent = attackers
      .filter((other) => other.place.coordinate === place.coordinate)
      .map(({ variables }) => variables)
    const told = leaked(heard().join('\n'), [sent, asker.headers])
    if (told) findings.push({ where: place.coordinate, who: asker.name, how: 'tells', detail: told })
  }
  for (const [theirs, nobodys] of pairs) {
    const [one, other] = [theirs, nobodys].map(({ heard }) => ({ status: 0, text: alike(heard()) })) as [Answer, Answer]
    if (one.text !== other.text)
      findings.push({ where: theirs.what, who: theirs.asker.name, how: 'differs', detail: difference(one, other) })
  }
  const all = [...attackers, ...own]
  for (const one of all) one.leave()
  return {
    findings,
    streams: all.length,
    told: new Map(own.map(({ place, heard }) => [place.coordinate, heard()])),
  }
}

/** Opens a stream of events (Server-Sent Events). Nobody waits for its first words: there may be none before something happens. */
function listening(
  estate: Estate,
  asker: Asker,
  place: Place,
  operation: Operation,
  what: string,
  variables: Record<string, unknown>,
): Listening {
  const leave = new AbortController()
  let text = ''
  const read = async () => {
    const response = await fetch(estate.app.url + asker.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...asker.headers },
      body: JSON.stringify({ query: operation.text, variables }),
      signal: leave.signal,
    })
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
    }
  }
  // It ends when we leave.
  read().catch(() => {})
  return {
    asker,
    place,
    what,
    variables,
    heard: () => eventsIn(text),
    leave: () => {
      leave.abort()
      for (const event of eventsIn(text)) estate.coverage.add(asker.endpoint, operation.text, event)
    },
  }
}

/** Those that have come whole; all of it where it is no stream. */
function eventsIn(text: string): string[] {
  const events = [...text.matchAll(/^data: ?(.*)\n/gm)].map(([, data = '']) => data).filter(Boolean)
  return events.length > 0 ? [...new Set(events)] : text.startsWith('{') ? [text] : []
}

/** Events without what differs from one listening to the next. */
function alike(events: readonly string[]): string {
  return [...new Set(events.map((text) => likeness({ status: 200, text })))].sort().join(' ')
}

/** Somebody asks every mutation about their own things, once. What ends their session or their membership is left out. */
async function doEverything(
  estate: Estate,
  { owner, has }: Settled,
  only: (place: Place) => boolean = () => true,
): Promise<void> {
  const places = placesOf(estate.schema).filter(
    (place) => place.root === 'mutation' && !ends.test(place.coordinate) && only(place),
  )
  await each(places, async (place) => {
    const operation = operationFor(estate.schema, place, -1)
    await ask(estate, owner, { query: operation.text, variables: ownVariables(operation, has) })
  })
}

const ends =
  /^Mutation\.(signOut|leaveWorkspace|deleteWorkspace|revoke\w*Session\w*|changePassword|switchWorkspace|signIn)$/

/** Waits until what was said before is heard: changes that are announced now come after it, on each stream of the same workspace. */
async function settled(estate: Estate, workspaces: readonly Settled[], streams: readonly Listening[]): Promise<void> {
  const { contexts } = estate.app.kernel
  for (const { id } of workspaces)
    announceChange(contexts.workspace(id, { type: 'system', name: 'walk' }), 'Page', null)
  const changes = streams.filter(
    ({ place, asker }) => place.coordinate === 'Subscription.changes' && asker.name === 'owner',
  )
  for (const { heard } of changes)
    for (const until = Date.now() + 60_000; heard().length === 0 && Date.now() < until; ) await after(20)
  // Several changes are told at once, some things every ten seconds: by the clock of the installation, which the walk moves.
  for (let second = 0; second < 12; second++) {
    estate.app.clock.advance({ seconds: 1 })
    await after(50)
  }
  await after(2_000)
}
