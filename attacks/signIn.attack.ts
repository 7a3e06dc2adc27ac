import { describe, expect, test } from 'vitest'
import { joinWorkspace } from '../packages/server/test/e2e/joinWorkspace.ts'
import { openSocket, type RawSocket } from './graphql/sockets.ts'
import { asOwner, attackedProduct, foundations, twoServers } from './product/attackedProduct.ts'

const product = await attackedProduct()
const { url, email, password } = product

const json = { 'content-type': 'application/json', origin: url }
const signIn = (body: object, headers: Record<string, string> = {}) =>
  product.stranger('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: JSON.stringify(body),
  })
const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
const whoIs = async (cookie: string, server = url) => {
  const response = await product.stranger(
    '/graphql',
    { method: 'POST', headers: { ...json, cookie }, body: JSON.stringify({ query: '{ viewer { user { email } } }' }) },
    server,
  )
  return ((await response.json()) as { data?: { viewer: { user: { email: string } | null } | null } }).data?.viewer
    ?.user?.email
}
/** A file that a session has asked for. */
const ownExport = async (cookie: string) => {
  const response = await product.stranger('/graphql', {
    method: 'POST',
    headers: { ...json, cookie },
    body: JSON.stringify({
      query: 'mutation { exportAuditEntries { ... on ExportAuditEntriesSuccess { data { url } } } }',
    }),
  })
  return new URL(
    ((await response.json()) as { data: { exportAuditEntries: { data: { url: string } } } }).data.exportAuditEntries
      .data.url,
  )
}

describe('A session', () => {
  test('is never one that was brought along', async () => {
    const planted = 'espalier.session_token=01960000planted.c2lnbmVk'
    const response = await signIn({ email, password }, { cookie: planted })
    expect(response.status).toBe(200)
    const given = cookieOf(response)
    expect(given).not.toContain('planted')
    expect(await whoIs(planted)).toBeUndefined()
    expect(await whoIs(given)).toBe(email)
  })

  test('is a new one for each time that somebody signs in, also with the cookie of the last', async () => {
    const first = cookieOf(await signIn({ email, password }))
    const second = cookieOf(await signIn({ email, password }, { cookie: first }))
    expect(second).not.toBe(first)
  })

  test.each([
    [
      'a letter of its token',
      (cookie: string) => cookie.replace(/=(.)/, (_, letter) => `=${letter === 'A' ? 'B' : 'A'}`),
    ],
    [
      'a letter of its signature',
      (cookie: string) => cookie.replace(/\.(.)(?=[^.]*$)/, (_, letter) => `.${letter === 'A' ? 'B' : 'A'}`),
    ],
    ['no signature', (cookie: string) => cookie.replace(/\.[^.]*$/, '.')],
    ['nothing', () => 'espalier.session_token='],
  ])('with %s changed is nobody’s', async (_, change) => {
    const cookie = cookieOf(await signIn({ email, password }))
    expect(await whoIs(change(cookie))).toBeUndefined()
  })

  test('ends for requests and for open sockets when its person signs out', async () => {
    const cookie = cookieOf(await signIn({ email, password }))
    const client = (await openSocket(url, { cookie, origin: url })) as RawSocket
    client.send({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { changes(types: ["Page"]) { everything } }' },
    })
    const out = await product.stranger('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: '{}',
    })
    expect(out.status).toBe(200)
    expect(await whoIs(cookie)).toBeUndefined()
    let closed: number | undefined
    client.closed.then((code) => {
      closed = code
    })
    await expect.poll(() => closed ?? JSON.stringify(client.received)).toBe(4403)
  })

  test.each(foundations)(
    'ends with all that it was given, on every server of an installation on %s',
    async (foundation) => {
      const servers = await twoServers(product, foundation)
      const [, second] = servers
      const cookie = cookieOf(await signIn({ email, password }))
      const asked = (server: string) => whoIs(cookie, server)
      expect(await Promise.all(servers.map(asked))).toEqual([email, email])
      const given = await ownExport(cookie)
      const download = (server: string) => product.stranger(given.pathname, { headers: { cookie } }, server)
      expect((await download(second)).status).toBe(200)
      const sockets = await Promise.all(
        servers.map(async (server) => {
          const client = (await openSocket(server, { cookie, origin: url })) as RawSocket
          client.send({
            id: '1',
            type: 'subscribe',
            payload: { query: 'subscription { changes(types: ["Page"]) { everything } }' },
          })
          return client
        }),
      )
      const out = await product.stranger(
        '/api/auth/sign-out',
        { method: 'POST', headers: { ...json, cookie }, body: '{}' },
        second,
      )
      expect(out.status).toBe(200)
      expect(await Promise.all(servers.map(asked))).toEqual([undefined, undefined])
      for (const server of servers) {
        expect((await download(server)).status).toBe(401)
        const again = await openSocket(server, { cookie, origin: url })
        if (typeof again === 'object') {
          again.send({ id: '1', type: 'subscribe', payload: { query: '{ workspace { name } }' } })
          await expect.poll(() => JSON.stringify(again.received)).toContain('UNAUTHENTICATED')
          again.socket.terminate()
        }
      }
      // A socket that is open is asked about within seconds.
      expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4403, 4403])
    },
  )

  test('of somebody whose role was taken away may do less at once, on sockets too', async () => {
    const eve = await joinWorkspace(product, product.owner, { name: 'Eve', role: 'ADMIN' })
    const rename = `mutation { updateWorkspace(input: { name: "Eve's" }) { __typename } }`
    const client = (await openSocket(url, { cookie: eve.cookie, origin: url })) as RawSocket
    const { members } = await product.owner.ask<{ members: { nodes: { id: string; user: { email: string } }[] } }>(
      '{ members(first: 50) { nodes { id user { email } } } }',
    )
    const id = members.nodes.find((member) => member.user.email === 'eve@example.com')?.id
    const changed = await asOwner(
      product,
      'mutation ($id: ID!) { changeMemberRole(id: $id, role: VIEWER) { __typename ... on Error { message } } }',
      { id },
    )
    expect(changed.text).toContain('ChangeMemberRoleSuccess')
    expect(await eve.ask(rename)).toEqual({ updateWorkspace: { __typename: 'ForbiddenError' } })
    client.send({ id: '1', type: 'subscribe', payload: { query: rename } })
    await expect.poll(() => JSON.stringify(client.received)).toContain('ForbiddenError')
    client.socket.terminate()
    const { workspace } = await product.owner.ask<{ workspace: { name: string } }>('{ workspace { name } }')
    expect(workspace.name).not.toContain('Eve')
  })
})

describe('A password', () => {
  const guesses = (count: number, of = email) =>
    Array.from(
      { length: count },
      (_, n) => `a${n}: signIn(input: { email: "${of}", password: "guess number ${n}" }) { __typename }`,
    ).join(' ')

  test('is not guessed under aliases: ten a minute, as one by one', async () => {
    const from = product.newAddress()
    const ask = (query: string) =>
      product.stranger('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url, 'x-forwarded-for': from },
        body: JSON.stringify({ query }),
      })
    const answer = await (await ask(`mutation { ${guesses(25, 'nobody@example.com')} }`)).text()
    expect(answer).toContain('RATE_LIMITED')
    const next = await ask(`mutation { ${guesses(1, 'nobody@example.com')} }`)
    expect(await next.text()).toContain('RATE_LIMITED')
  })

  test('is not guessed more often by who writes addresses in front of their own', async () => {
    const from = product.newAddress()
    const statuses: number[] = []
    for (let n = 0; n < 12; n += 1) {
      const headers = {
        'x-forwarded-for': `203.0.113.${n}, ${from}`,
        'x-real-ip': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
        'x-espalier-client-address': `203.0.113.${n}`,
      }
      statuses.push((await signIn({ email: 'nobody@example.com', password: 'x'.repeat(12) }, headers)).status)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })

  test('says nothing of whether there is such a person, in words or headers', async () => {
    const answers = await Promise.all([
      signIn({ email, password: 'not the password' }),
      signIn({ email: 'nobody-there@example.com', password: 'not the password' }),
    ])
    const [known, unknown] = await Promise.all(
      answers.map(async (response) => ({
        status: response.status,
        text: await response.text(),
        names: [...response.headers.keys()].sort(),
      })),
    )
    expect(known).toEqual(unknown)
    expect(known?.status).toBe(401)
  })

  test.each([
    ['a list', { email: [email], password: [password] }],
    ['an object', { email: { $ne: null }, password: { $ne: null } }],
    ['SQL', { email: "' or 1=1 --", password: "' or 1=1 --" }],
    ['a wildcard', { email: '%', password: '%' }],
    ['nothing', {}],
    ['true', { email, password: true }],
  ])('is not %s', async (_, body) => {
    const response = await signIn(body)
    expect([400, 401, 422]).toContain(response.status)
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('An invitation', () => {
  /** What somebody who is invited to look around gets in their link. */
  async function invitationOf(email: string): Promise<string | null> {
    const invited = await asOwner(
      product,
      'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberSuccess { data { link } } } }',
      { input: { email, role: 'VIEWER' } },
    )
    expect(invited.text).toContain('link')
    return new URL(invited.body.data.inviteMember.data.link).searchParams.get('token')
  }

  test('lets one person in, once', async () => {
    const token = await invitationOf('once@example.com')
    const take = () =>
      product.stranger('/api/auth/invitation/accept', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ token, name: 'Once', password: 'only looking around', locale: 'en' }),
      })
    const statuses = (await Promise.all([take(), take(), take()])).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect((await take()).status).toBeGreaterThanOrEqual(400)
  })

  test('cannot be made out to a higher role by who takes it', async () => {
    const token = await invitationOf('low@example.com')
    await product.stranger('/api/auth/invitation/accept', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({
        token,
        name: 'Low',
        password: 'only looking around',
        locale: 'en',
        role: 'owner',
        email: 'other@example.com',
      }),
    })
    const { members } = await product.owner.ask<{ members: { nodes: { user: { email: string }; role: string }[] } }>(
      '{ members(first: 100) { nodes { role user { email } } } }',
    )
    expect(
      members.nodes.filter((member) => ['low@example.com', 'other@example.com'].includes(member.user.email)),
    ).toEqual([{ user: { email: 'low@example.com' }, role: 'VIEWER' }])
  })
})

describe('The first run', () => {
  test.each(['', 'x', 'a'.repeat(43)])('is over: with the token "%s" nobody becomes an owner', async (token) => {
    const response = await product.stranger('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({
        query: 'mutation ($input: SetUpInput!) { setUp(input: $input) { __typename } }',
        variables: {
          input: {
            token,
            email: 'eve@evil.example',
            password: 'ten letters',
            name: 'Eve',
            workspaceName: 'Evil',
            locale: 'en',
            timeZone: 'UTC',
            demo: false,
          },
        },
      }),
    })
    expect(await response.text()).not.toContain('SetUpSuccess')
  })
})
