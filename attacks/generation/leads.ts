import { openPaths } from '../../packages/core/src/access/signIn.ts'
import { installedPlugins } from '../../packages/server/src/plugins.ts'
import type { AttackedProduct } from '../product/attackedProduct.ts'
import type { KnownRoute, Leads } from './requests.ts'

/** Routes that no plugin brings. */
const ofTheKernel: readonly KnownRoute[] = [
  ...['/', '/healthz', '/readyz', '/metrics', '/admin', '/admin/*', '/invitation', '/audit-log/:file'].map((path) => ({
    method: 'GET',
    path,
  })),
  ...['/graphql', '/graphql/public'].flatMap((path) => [
    { method: 'POST', path },
    { method: 'GET', path },
  ]),
  ...[...openPaths].flatMap((path) => [
    { method: 'POST', path: `/api/auth${path}` },
    { method: 'GET', path: `/api/auth${path}` },
  ]),
]

/** Every route that the installed plugins have, and what leads somewhere in them: a new route is attacked the day it comes. */
export async function leadsOf({ url, owner, stranger, email, password }: AttackedProduct): Promise<Leads> {
  const routes = (await installedPlugins()).flatMap(({ definition }) =>
    (definition.routes ?? []).map(({ method, path }) => ({ method, path })),
  )
  const page = await (
    await stranger('/p/demo/welcome', { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0' } })
  ).text()
  const found = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, value = '']) => value)
  const site = found(/data-site="([^"]+)"/g)[0] ?? ''
  const { pages } = await owner.ask<{ pages: { nodes: { id: string }[] } }>(
    '{ pages(first: 1) { nodes { id variants { id } } } }',
  )
  const collected = {
    site,
    visitorId: '01960000-0000-7000-8000-000000000001',
    events: [
      {
        id: '01960000-0000-7000-8000-000000000002',
        name: 'pageview',
        url: `${url}/p/demo/welcome`,
        value: '1999 EUR',
        metrics: { lcpMs: 5 },
        properties: { a: { b: 1 } },
      },
    ],
  }
  return {
    routes: [...ofTheKernel, ...routes],
    values: {
      workspace: ['demo'],
      slug: ['welcome'],
      form: found(/\/forms\/([^"#?]+)/g),
      key: ['0'.repeat(64), ...found(/\/images\/([^/"]+)\//g)],
      file: ['640.webp', 'x.js', 'audit-log.csv'],
      token: found(/"([\w-]{20,}\.[\w-]{43})"/g),
      name: [site, 'welcome'],
      id: pages.nodes.map(({ id }) => id),
      variant: ['original'],
    },
    cookies: [owner.cookie, owner.cookie.replace(/.$/, 'x'), 'espalier.session_token=%', 'visitor=x'],
    bodies: {
      '/collect': [JSON.stringify(collected)],
      '/a/:name': [JSON.stringify(collected)],
      '/p/:workspace/:slug/forms/:form': ['_token=x&homepage_url=&email=ada%40example.com'],
      '/u/:token': ['List-Unsubscribe=One-Click'],
      '/mail/sns/:workspace': [
        JSON.stringify({
          Type: 'Notification',
          MessageId: 'x',
          TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail',
          Message: '{}',
          Timestamp: new Date(0).toISOString(),
          SignatureVersion: '2',
          Signature: 'x',
          SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/x.pem',
        }),
      ],
      '/ofrep/v1/evaluate/flags': [JSON.stringify({ context: { targetingKey: 'ada', country: 'FR' } })],
      '/ofrep/v1/evaluate/flags/:key': [JSON.stringify({ context: { targetingKey: 'ada' } })],
      '/experiments/import/growthbook': [
        JSON.stringify({
          features: {
            a: { defaultValue: true, rules: [{ coverage: 1, weights: [0.5, 0.5], variations: [false, true] }] },
          },
        }),
      ],
      '/graphql': [
        JSON.stringify({
          query: 'query Q($id: ID!) { node(id: $id) { id } }',
          variables: { id: 'x' },
          operationName: 'Q',
          extensions: {},
        }),
      ],
      '/graphql/public': [JSON.stringify({ query: '{ workspace { name } }' })],
      '/api/auth/sign-in/email': [
        JSON.stringify({ email, password: `${password}x`, rememberMe: true, callbackURL: '/' }),
      ],
      '/api/auth/change-password': [
        JSON.stringify({ currentPassword: 'x', newPassword: 'y', revokeOtherSessions: true }),
      ],
      '/api/auth/organization/set-active': [JSON.stringify({ organizationId: 'x', organizationSlug: 'demo' })],
      '/api/auth/revoke-session': [JSON.stringify({ token: 'x' })],
      '/api/auth/invitation/accept': [
        JSON.stringify({ token: 'x', name: 'Eve', password: 'ten letters', locale: 'en' }),
      ],
    },
  }
}
