import { auditExportRoute } from '../../packages/core/src/access/auditExport.ts'
import { openPaths } from '../../packages/core/src/access/signIn.ts'
import { type Answer, leaked, likeness } from './answers.ts'
import type { Belongings } from './belongings.ts'
import { type Asker, anonymous, type Estate, type Settled } from './estate.ts'
import type { Finding } from './finding.ts'
import { difference } from './reading.ts'

/** A route of the installation: the kernel's and its plugins', each in every form of asking. */
export interface WalkedRoute {
  readonly method: string
  readonly path: string
  /** `anonymous`, or the permission that it takes. */
  readonly access: string
}

/** What is served beside GraphQL, as the server is told. */
export function routesOf({ app }: Estate): WalkedRoute[] {
  return [auditExportRoute, ...app.kernel.routes.map(({ route }) => route)].map(({ method, path, options }) => ({
    method,
    path,
    access: options.access,
  }))
}

/** What answers beside the routes of plugins: health, metrics, and signing in with all that it has but what ends the asker's session. */
const ofTheKernel: readonly WalkedRoute[] = [
  ...['/metrics', '/healthz', '/readyz'].map((path) => ({ method: 'GET', path, access: 'anonymous' })),
  ...[...openPaths]
    .filter((path) => !/^\/(sign-out|revoke-sessions|revoke-other-sessions)$/.test(path))
    .flatMap((path) => ['GET', 'POST'].map((method) => ({ method, path: `/api/auth${path}`, access: 'anonymous' }))),
]

/** How a route is asked beside what it is asked about. */
interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  /** Of the body and the query: see {@link namesWanted}. */
  readonly names?: readonly string[]
}

/** Asks a route with what is somebody's in every parameter, in the query and in the body. */
export async function askRoute(
  { app }: Estate,
  asker: Asker,
  route: WalkedRoute,
  whose: Belongings,
  { headers = {}, names = [] }: Asking = {},
): Promise<Answer & { readonly sent: unknown }> {
  const named = Object.fromEntries(names.map((name) => [name, whose.named(name)]))
  const sent = { ...payload(whose), ...named }
  const path = route.path.replace(/:(\w+)(\{(?:[^{}]|\{[^}]*\})+\})?/g, (_, name: string) =>
    encodeURIComponent(parameter(route.path, name, whose)),
  )
  const withBody = route.method !== 'GET'
  const response = await fetch(`${app.url}${path}${withBody ? '' : `?${new URLSearchParams(textsOf(sent))}`}`, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...(withBody && {
        'content-type': formTaker.test(route.path) ? 'application/x-www-form-urlencoded' : 'application/json',
      }),
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      ...asker.headers,
      ...headers,
    },
    ...(withBody && {
      body: formTaker.test(route.path)
        ? new URLSearchParams({ email: 'ada@example.com', ...textsOf(named) })
        : JSON.stringify(sent),
    }),
  })
  return {
    status: response.status,
    text: `${[...response.headers].filter(([name]) => name === 'location').join()}${await response.text()}`,
    sent: [path, sent],
  }
}

/**
 * Names that a route asks for and {@link payload} has not, by what it says of a request without them: `{ error: { issues: [{ path: "siteId" }] } }`.
 * So a route that comes to be is asked with what it takes.
 */
async function namesWanted(estate: Estate, { owner, has }: Settled, route: WalkedRoute): Promise<readonly string[]> {
  const names: string[] = []
  for (let time = 0; time < 5; time++) {
    const { text, sent } = await askRoute(estate, owner, route, has, { names })
    const [, known] = sent as [path: string, body: object]
    const unknown = new Set(issuesIn(text).filter((name) => !(name in known)))
    if (unknown.size === 0) return names
    names.push(...unknown)
  }
  throw new Error(`${route.method} ${route.path} asks for something more each time: ${names.join(', ')}`)
}

/** The first names of the paths of what an answer says is wrong. */
function issuesIn(text: string): string[] {
  if (!text.startsWith('{"error":{')) return []
  const { error } = JSON.parse(text) as { error: { issues?: { path: string }[] } }
  return (error.issues ?? []).flatMap(({ path }) => /^(?:body\.|query\.)?(\w+)/.exec(path)?.[1] ?? [])
}

function textsOf(sent: object): Record<string, string> {
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => typeof value === 'string'))
}

const formTaker = /forms|^\/u\//

/** What is somebody's, under every name that a body may have for it. */
function payload(whose: Belongings): Record<string, unknown> {
  const siteKey = whose.text('TrackingSite', 'key')
  return {
    ...{
      id: whose.id('Page'),
      pageId: whose.id('Page'),
      siteId: whose.id('TrackingSite'),
      site: siteKey,
      key: siteKey,
      sent: 1,
    },
    ...{ name: 'Ada', message: 'Hello', workspace: whose.text('Workspace', 'slug') },
    organizationId: whose.id('Workspace'),
    organizationSlug: whose.text('Workspace', 'slug'),
    email: whose.text('User', 'email'),
    token: whose.text('Session', 'token'),
    password: 'a guess at a password',
    context: { targetingKey: whose.text('ExperimentExposure', 'subject'), page: whose.id('Page') },
    events: [
      {
        id: whose.id('TrackingEvent'),
        type: 'pageview',
        name: 'pageview',
        siteId: whose.id('TrackingSite'),
        pageId: whose.id('Page'),
        at: whose.at.toISOString(),
      },
    ],
  }
}

function parameter(path: string, name: string, whose: Belongings): string {
  if (name === 'workspace') return whose.text('Workspace', 'slug')
  if (name === 'slug') return whose.text('Page', 'slug')
  if (name === 'form') return whose.text('FormSubmission', 'form')
  if (path.startsWith('/ofrep')) return whose.text('Experiment', 'key')
  if (path.startsWith('/images')) return name === 'key' ? whose.text('Image', 'key') : 'image-640.webp'
  if (name === 'file' || path.startsWith('/a/'))
    return `${whose.text('TrackingSite', 'key')}${name === 'file' ? '.js' : ''}`
  return whose.text('Any', name)
}

/** Asks every route with the neighbor's things and with nobody's, as the attacker's owner, their key, and somebody anonymous. */
export async function askEveryRoute(
  estate: Estate,
  {
    attacker,
    key,
    neighbor,
    only,
  }: { attacker: Settled; key: Asker; neighbor: Settled; only?: (route: WalkedRoute) => boolean },
): Promise<Finding[]> {
  const findings: Finding[] = []
  const nobody = estate.nobody()
  // Who is asked what a route wants is somebody else: what they own may be gone afterwards.
  const trying = await estate.settle('a')
  for (const route of [...routesOf(estate), ...ofTheKernel].filter((one) => only?.(one) ?? true)) {
    const where = `${route.method} ${route.path}`
    const names = ofTheKernel.includes(route) ? [] : await namesWanted(estate, trying, route)
    for (const asker of [attacker.owner, key, anonymous]) {
      const theirs = await askRoute(estate, asker, route, neighbor.has, { names })
      const nobodys = await askRoute(estate, asker, route, nobody, { names })
      const told = leaked(theirs.text, theirs.sent)
      if (told) findings.push({ where, who: asker.name, how: 'tells', detail: told })
      // Counts of requests go up with each, and signing in is asked ten times a minute.
      const asOften = route.path !== '/metrics' && theirs.status !== 429 && nobodys.status !== 429
      if (asOften && likeness(theirs) !== likeness(nobodys))
        findings.push({ where, who: asker.name, how: 'differs', detail: difference(theirs, nobodys) })
    }
    const headers = { 'x-espalier-workspace': neighbor.id }
    const entering = await askRoute(estate, attacker.owner, route, neighbor.has, { headers, names })
    const told = leaked(entering.text, [entering.sent, neighbor.id])
    if (told) findings.push({ where, who: 'owner in the neighbor’s name', how: 'tells', detail: told })
  }
  return findings
}
