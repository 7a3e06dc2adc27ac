import { type GraphQLSchema, isObjectType, parse, subscribe } from 'graphql'
import { createGraphQLContext } from '../../packages/core/src/schema/graphqlContext.ts'
import { ask, codesOf } from './answers.ts'
import { ownVariables } from './arguments.ts'
import { type Operation, operationFor, type Place, placesOf } from './documents.ts'
import { type Asker, anonymous, type Estate, type Settled } from './estate.ts'
import { askRoute, routesOf } from './routes.ts'

/** From whoever passes by to who owns the workspace; a stranger is signed in and a member of nothing here. */
export const people = ['anonymous', 'stranger', 'viewer', 'editor', 'admin', 'owner'] as const

/** Who may do something. */
export interface Right {
  /** `Query.pages`, `Mutation.publishPage`, `ApiKey.usage`, `POST /images`. */
  readonly where: string
  /** Of {@link people}, those who were let in. */
  readonly people: readonly string[]
  /** What lets a key in: a scope, or `any` key; `more` where a scope alone is not enough; `none` where no key gets in. */
  readonly scope: string
  /** Whether it is in the public schema, or a route: for integrators. */
  readonly open: boolean
}

/**
 * Asks every field of the roots, every field of a type that decides for itself, and every route, as each kind of person and by keys:
 * one without a scope that helps, whose refusal names a scope; one with that scope alone; one with all others.
 */
export async function rightsOf(estate: Estate): Promise<Right[]> {
  const open = new Set(decidedPlaces(estate.publicSchema).map(({ coordinate }) => coordinate))
  let home = await inhabit(estate)
  const rights: Right[] = []
  for (const place of decidedPlaces(estate.schema)) {
    // What ends a session or a membership is asked where nothing else is.
    if (ends.test(place.coordinate)) home = await inhabit(estate)
    const letIn: string[] = []
    for (const asker of home.askers) {
      const { allowed, missing } = await may(estate, asker, place, home.workspace)
      // A stranger who is told that there is no such thing is kept out as well as can be.
      if (allowed && !(missing && asker.name === 'stranger' && !letIn.includes('anonymous'))) letIn.push(asker.name)
    }
    if (ends.test(place.coordinate)) home = await inhabit(estate)
    const attempt = (key: Asker) => may(estate, key, place, home.workspace)
    const scope = await scopeThatOpens(estate, home, attempt)
    rights.push({ where: place.coordinate, people: letIn, scope, open: open.has(place.coordinate) })
  }
  for (const route of routesOf(estate)) {
    const attempt = async (asker: Asker) => attempted(await askRoute(estate, asker, route, home.workspace.has))
    const letIn: string[] = []
    for (const asker of home.askers) if ((await attempt(asker)).allowed) letIn.push(asker.name)
    rights.push({
      where: `${route.method} ${route.path}`,
      people: letIn,
      scope: await scopeThatOpens(estate, home, attempt),
      open: true,
    })
  }
  return rights
}

const ends =
  /^Mutation\.(signOut|leaveWorkspace|deleteWorkspace|removeMember|revoke\w*|changePassword|changeMemberRole|switchWorkspace|acceptInvitation|limitApiKey)$/

/** The roots' fields, and of each type those that are decided otherwise than the type. */
function decidedPlaces(schema: GraphQLSchema): Place[] {
  return placesOf(schema).flatMap((place) => {
    if (place.steps.length === 1 && place.coordinate.includes('.')) return [place]
    if (place.coordinate.includes('.')) return []
    const type = schema.getType(place.coordinate)
    if (!isObjectType(type)) return []
    return Object.values(type.getFields())
      .filter(({ extensions }) => {
        const own = JSON.stringify(extensions.espalierDecision)
        return own !== undefined && own !== JSON.stringify(type.extensions.espalierDecision)
      })
      .map((field) => ({
        coordinate: `${type.name}.${field.name}`,
        root: 'query' as const,
        steps: [...place.steps, { parent: type, field }],
      }))
  })
}

interface Home {
  readonly workspace: Settled
  readonly askers: readonly Asker[]
  /** Keys by their scopes. */
  readonly keys: Map<string, Promise<Asker>>
}

async function inhabit(estate: Estate): Promise<Home> {
  const workspace = await estate.settle('a')
  const askers = [
    anonymous,
    await estate.stranger(),
    ...(await Promise.all(['viewer', 'editor', 'admin'].map((role) => estate.member(workspace, role)))),
    workspace.owner,
  ]
  return { workspace, askers, keys: new Map() }
}

/** An answer, as far as it says who is let in. */
interface Attempt {
  readonly allowed: boolean
  /** Of a refusal: the permission that it names. */
  readonly named: string | undefined
  /** Whether it says that there is nothing. */
  readonly missing: boolean
}

async function scopeThatOpens(estate: Estate, home: Home, attempt: (key: Asker) => Promise<Attempt>): Promise<string> {
  const all = [...estate.app.kernel.access.permissions.declared.keys()]
  const key = (scopes: readonly string[]) => {
    const name = scopes.join()
    const known =
      home.keys.get(name) ?? estate.key(home.workspace, scopes).then((one) => ({ ...one, endpoint: '/graphql' }))
    home.keys.set(name, known)
    return known
  }
  for (const scope of ['workspace:read', 'members:read']) {
    const first = await attempt(await key([scope]))
    if (first.allowed) continue
    const { named } = first
    if (!named) return (await attempt(await key(all))).allowed ? 'more' : 'none'
    const alone = await attempt(await key([named]))
    const without = await attempt(await key(all.filter((one) => one !== named)))
    return alone.allowed ? (without.allowed ? `${named} or another` : named) : 'more'
  }
  return 'any'
}

async function may(estate: Estate, asker: Asker, place: Place, { has }: Settled): Promise<Attempt> {
  const schema = asker.endpoint === '/graphql' ? estate.schema : estate.publicSchema
  const operation = operationFor(schema, place, -1)
  if (place.root === 'subscription') return attempted({ text: await firstWords(estate, asker, operation, has) })
  return attempted(await ask(estate, asker, { query: operation.text, variables: ownVariables(operation, has) }))
}

/** How a subscription begins: without a server, so that nobody has to wait for one that is silent. */
async function firstWords(estate: Estate, asker: Asker, operation: Operation, has: Settled['has']): Promise<string> {
  const { kernel } = estate.app
  const credentials = { headers: new Headers(asker.headers), address: '192.0.2.7' }
  const authenticated = await kernel.access.authenticate(credentials).catch(() => undefined)
  const leave = new AbortController()
  const request = {
    address: '192.0.2.7',
    userAgent: 'walk',
    traceId: 't',
    requestId: 'r',
    locale: 'en',
    signal: leave.signal,
  }
  const answer = await subscribe({
    schema: asker.endpoint === '/graphql' ? estate.schema : estate.publicSchema,
    document: parse(operation.text),
    variableValues: ownVariables(operation, has),
    contextValue: createGraphQLContext({
      authenticated,
      request,
      workspace: (id, principal) => kernel.contexts.workspace(id, principal),
    }),
  })
  leave.abort()
  if (!(Symbol.asyncIterator in answer))
    return JSON.stringify(
      answer.errors?.map(({ message, originalError }) => ({
        code: (originalError as { code?: string } | null)?.code,
        message,
      })),
    )
  await answer.return?.(undefined)
  return ''
}

function attempted({ text }: { text: string }): Attempt {
  const codes = codesOf({ status: 200, text })
  const refused = codes.some((code) => code === 'FORBIDDEN' || code === 'UNAUTHENTICATED')
  return { allowed: !refused, missing: codes.includes('NOT_FOUND'), named: /\\?"([a-z-]+:[a-z-]+)\\?"/.exec(text)?.[1] }
}
