import { expect, test } from 'vitest'
import { slugOf } from '../../src/setup/firstRun.ts'
import { servedKernel } from '../../src/testing/index.ts'

const furnished: object[] = []
const { kernel, url } = await servedKernel([], {
  furnish: async (_kernel, made) => {
    furnished.push(made)
    return { page: { id: made.workspace.id, title: 'Welcome', url: 'http://espalier.test/p/x/welcome' }, demo: null }
  },
})
const { token } = kernel.firstRun
let addresses = 0

async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: 'http://espalier.test',
      'x-forwarded-for': `10.3.0.${++addresses}`,
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  })
  return {
    cookies: response.headers.getSetCookie(),
    // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, compared with what is expected of each
    ...((await response.json()) as { data?: any; errors?: { message: string; extensions: object }[] }),
  }
}

const setUp = `mutation ($input: SetUpInput!) { setUp(input: $input) { __typename
  ... on SetUpSuccess { data {
    viewer { user { name email locale } role workspaces { slug current } } workspace { name slug current }
    page { title url } demo { workspace { slug } } } }
  ... on Error { code message } ... on InvalidInputError { issues { path code message } } } }`
const input = {
  token,
  name: 'Ada',
  email: ' Ada@Example.com',
  password: 'correct horse battery',
  workspaceName: 'L’Été à Paris',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  demo: false,
}
const needed = async () => (await ask('{ setupState { needed } }')).data.setupState.needed

test('a fresh installation waits; without the printed address nobody can claim it', async () => {
  expect(await needed()).toBe(true)
  const { data, cookies } = await ask(setUp, { input: { ...input, token: 'a guess' } })
  expect(data.setUp).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('printed') })
  expect(cookies).toEqual([])
  expect(await needed()).toBe(true)
})

test('everything that is wrong is said at once, in the reader’s language, and nothing is made', async () => {
  const wrong = { ...input, name: ' ', email: 'ada', password: 'short', workspaceName: '', timeZone: 'Paris/France' }
  const { data } = await ask(setUp, { input: wrong }, { 'accept-language': 'fr' })
  expect(data.setUp.issues.map(({ path }: { path: string }) => path).sort()).toEqual(
    ['email', 'name', 'password', 'timeZone', 'workspaceName'].map((field) => `input.${field}`),
  )
  expect(data.setUp.message).toContain('fuseau horaire')
  expect(await needed()).toBe(true)
})

test('of several at once one becomes the owner, signed in, with a page; the others are refused, and so is everybody after', async () => {
  const all = await Promise.all(
    ['ada', 'ben', 'eve'].map((name) => ask(setUp, { input: { ...input, email: `${name}@example.com` } })),
  )
  const done = all.filter(({ data }) => data.setUp.__typename === 'SetUpSuccess')
  expect(done).toHaveLength(1)
  expect(all.map(({ data }) => data.setUp.code).filter(Boolean)).toEqual(['CONFLICT', 'CONFLICT'])
  expect(done[0]?.data.setUp.data).toMatchObject({
    viewer: {
      user: { name: 'Ada', locale: 'fr' },
      role: 'OWNER',
      workspaces: [{ slug: 'l-ete-a-paris', current: true }],
    },
    workspace: { name: 'L’Été à Paris', slug: 'l-ete-a-paris', current: true },
    page: { title: 'Welcome' },
    demo: null,
  })
  expect(furnished).toEqual([expect.objectContaining({ locale: 'fr', timeZone: 'Europe/Paris', demo: false })])
  const cookie = done[0]?.cookies[0]?.split(';')[0] ?? ''
  expect((await ask('{ viewer { role } }', {}, { cookie })).data.viewer).toEqual({ role: 'OWNER' })
  const trail = await ask(
    '{ auditEntries(filter: { action: { equals: "setUp" } }) { nodes { actorName } } }',
    {},
    { cookie },
  )
  expect(trail.data.auditEntries.nodes).toEqual([{ actorName: 'Ada' }])
  expect(await needed()).toBe(false)
  expect((await ask(setUp, { input: { ...input, email: 'late@example.com' } })).data.setUp.code).toBe('CONFLICT')
})

test('names for addresses are made of any name', () => {
  expect(['Orchard & Sons', 'ÉTÉ', '  --  ', '東京', 'a'.repeat(80)].map(slugOf)).toEqual([
    'orchard-sons',
    'ete',
    'team',
    'team',
    'a'.repeat(60),
  ])
})
