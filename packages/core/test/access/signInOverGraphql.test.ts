import { randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { sql } from '../../src/data/sql.ts'
import { ManualTime, servedKernel } from '../../src/testing/index.ts'

const time = new ManualTime(new Date())
const { kernel, url, createWorkspace } = await servedKernel([], { clock: time })
const password = 'correct horse battery'
const origin = 'http://espalier.test'
const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
let addresses = 0

/** A browser: it keeps the cookies that it gets. */
class Browser {
  cookies = new Map<string, string>()
  address = `10.2.${Math.floor(addresses / 200)}.${++addresses % 200}`

  async ask(query: string, variables: object = {}, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin,
        'user-agent': browser,
        'x-forwarded-for': this.address,
        ...(this.cookies.size > 0 && { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = (line.split(';')[0] as string).split('=', 2) as [string, string]
      if (/max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return (await response.json()) as {
      // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, compared with what is expected of each
      data?: any
      errors?: { message: string; extensions: Record<string, unknown> }[]
    }
  }

  signIn(email: string, given = password) {
    return this.ask(signIn, { input: { email, password: given } })
  }
}

const failure = `... on Error { __typename code message } ... on InvalidInputError { issues { path code message } }`
const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) {
  ... on SignInSuccess { data { user { email } role workspaces { slug current } } } ${failure} } }`
const changePassword = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
  ... on ChangePasswordSuccess { data { email } } ${failure} } }`
const accept = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
  ... on AcceptInvitationSuccess { data { user { name email locale } role workspaces { slug current } } } ${failure} } }`
const sessions = '{ viewer { user { email } sessions { id browser system address current lastSeenAt } } }'
const whoAmI = '{ viewer { user { email } } }'

async function person(slug = `w-${randomUUID()}`) {
  const email = `ada.${randomUUID()}@example.com`
  const { id } = await kernel.access.createUser({ name: 'Ada', email, password })
  const workspace = await kernel.access.createWorkspace({ name: 'Orchard', slug, ownerId: id })
  return { id, email, slug, workspaceId: workspace.id }
}

test('who signs in gets a cookie, is somebody from then on, and nobody after signing out', async () => {
  const ada = await person()
  const tab = new Browser()
  expect((await tab.signIn(ada.email.toUpperCase())).data).toEqual({
    signIn: { data: { user: { email: ada.email }, role: 'OWNER', workspaces: [{ slug: ada.slug, current: true }] } },
  })
  expect((await tab.ask(whoAmI)).data).toEqual({ viewer: { user: { email: ada.email } } })
  const cookies = new Map(tab.cookies)
  expect((await tab.ask('mutation { signOut { __typename } }')).data).toEqual({
    signOut: { __typename: 'SignOutSuccess' },
  })
  expect(tab.cookies.size).toBe(0)
  tab.cookies = cookies
  expect((await tab.ask(whoAmI)).data).toEqual({ viewer: null })
})

test('the cookie is out of reach of scripts and of foreign posts', async () => {
  const ada = await person()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ query: signIn, variables: { input: { email: ada.email, password } } }),
  })
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/; HttpOnly; SameSite=Lax/)])
})

test('a wrong password and an unknown address are answered alike, in the reader’s language', async () => {
  const ada = await person()
  const wrong = await new Browser().signIn(ada.email, 'not the password')
  const unknown = await new Browser().signIn('nobody@example.com')
  expect(wrong).toEqual(unknown)
  expect(wrong.data.signIn).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'input', code: 'WRONG_CREDENTIALS' }],
  })
  const french = await new Browser().ask(
    signIn,
    { input: { email: ada.email, password: 'not the password' } },
    { 'accept-language': 'fr-FR,fr' },
  )
  expect(french.data.signIn.message).toContain('L’adresse ou le mot de passe est faux.')
})

test('attempts count together with those at /api/auth: the eleventh in a minute waits, with a trace id', async () => {
  const ada = await person()
  const guesser = new Browser()
  for (let n = 0; n < 5; n++) {
    await guesser.signIn(ada.email, 'a guess at it')
    await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, 'x-forwarded-for': guesser.address },
      body: JSON.stringify({ email: ada.email, password: 'a guess at it' }),
    })
  }
  const { errors } = await guesser.signIn(ada.email)
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect((await new Browser().signIn(ada.email)).data.signIn.data.user.email).toBe(ada.email)
})

test('another site signs nobody in or out', async () => {
  const ada = await person()
  const tab = new Browser()
  await tab.signIn(ada.email)
  const { errors } = await tab.ask('mutation { signOut { __typename } }', {}, { origin: 'https://evil.example' })
  expect(errors?.[0]?.extensions.code).toBe('CROSS_SITE_REQUEST')
  expect((await tab.ask(whoAmI)).data.viewer.user.email).toBe(ada.email)
})

test('over a WebSocket, which sets no cookies, nobody signs in', async () => {
  const ada = await person()
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  const answer = await new Promise<unknown>((resolve, reject) => {
    client.subscribe(
      { query: signIn, variables: { input: { email: ada.email, password } } },
      { next: resolve, error: reject, complete: () => {} },
    )
  })
  await client.dispose()
  expect(answer).toMatchObject({
    data: { signIn: { code: 'FORBIDDEN', message: expect.stringContaining('WebSocket') } },
  })
})

test('signing in is in the audit trail of the workspaces that it opens', async () => {
  const ada = await person()
  const tab = new Browser()
  await tab.signIn(ada.email)
  const { data } = await tab.ask(
    '{ auditEntries(filter: { action: { equals: "signIn" } }) { nodes { actorName ipAddress userAgent resourceType } } }',
  )
  expect(data.auditEntries.nodes).toEqual([
    { actorName: 'Ada', ipAddress: tab.address, userAgent: browser, resourceType: 'Session' },
  ])
})

test('a person sees where they are signed in, and ends one session or all others; another’s do not exist for them', async () => {
  const [ada, ben] = [await person(), await person()]
  const [here, phone, forgotten, foreign] = [new Browser(), new Browser(), new Browser(), new Browser()]
  for (const tab of [here, phone, forgotten]) await tab.signIn(ada.email)
  await foreign.signIn(ben.email)
  const seen = (await here.ask(sessions)).data.viewer.sessions
  expect(seen).toHaveLength(3)
  expect(seen).toContainEqual(
    expect.objectContaining({ browser: 'Chrome', system: 'Linux', address: here.address, current: true }),
  )
  const own = seen.find(({ current }: { current: boolean }) => current)
  const phones = seen.find(({ address }: { address: string }) => address === phone.address)
  const theirs = (await foreign.ask(sessions)).data.viewer.sessions[0]

  const revoke = (id: string) =>
    here.ask(`mutation ($id: ID!) { revokeSession(id: $id) { __typename ... on Error { code } } }`, { id })
  expect((await revoke(theirs.id)).data.revokeSession.code).toBe('NOT_FOUND')
  expect((await revoke(own.id)).data.revokeSession.code).toBe('CONFLICT')
  expect((await revoke(phones.id)).data.revokeSession.__typename).toBe('RevokeSessionSuccess')
  expect((await phone.ask(whoAmI)).data.viewer).toBeNull()
  expect((await forgotten.ask(whoAmI)).data.viewer).not.toBeNull()
  await here.ask('mutation { revokeOtherSessions { __typename } }')
  expect((await forgotten.ask(whoAmI)).data.viewer).toBeNull()
  expect((await here.ask(sessions)).data.viewer.sessions).toHaveLength(1)
  expect((await foreign.ask(whoAmI)).data.viewer).not.toBeNull()
})

test('a session says when it was last used, and one that is used goes on beyond its week', async () => {
  const ada = await person()
  const tab = new Browser()
  await tab.signIn(ada.email)
  const lastSeen = async () => new Date((await tab.ask(sessions)).data.viewer.sessions[0].lastSeenAt).getTime()
  const before = await lastSeen()
  time.advance(5 * 60_000)
  await expect.poll(lastSeen).toBeGreaterThan(before)

  // better-auth reads the system's clock, so the session is aged instead of the world.
  await kernel.access.system.query(sql`
    update "Session" set "expiresAt" = "expiresAt" - interval '2 days' where "userId" = ${ada.id}`)
  const endsAt = async () =>
    (
      await kernel.access.system.query<{ expiresAt: Date }>(
        sql`select "expiresAt" from "Session" where "userId" = ${ada.id}`,
      )
    )[0]?.expiresAt.getTime() ?? 0
  const short = await endsAt()
  expect((await tab.ask(whoAmI)).data.viewer.user.email).toBe(ada.email)
  expect(await endsAt()).toBeGreaterThan(short + 24 * 3600_000)
})

test('a new password takes the old one and ends all other sessions', async () => {
  const ada = await person()
  const [here, elsewhere] = [new Browser(), new Browser()]
  for (const tab of [here, elsewhere]) await tab.signIn(ada.email)
  const change = (currentPassword: string, newPassword: string) =>
    here.ask(changePassword, { input: { currentPassword, newPassword } })
  expect((await change('not the password', 'another horse battery')).data.changePassword.issues).toMatchObject([
    { path: 'input.currentPassword', code: 'WRONG_PASSWORD' },
  ])
  expect((await change(password, 'short')).data.changePassword.issues).toMatchObject([
    { path: 'input.newPassword', code: 'LENGTH' },
  ])
  expect((await elsewhere.ask(whoAmI)).data.viewer).not.toBeNull()
  expect((await change(password, 'another horse battery')).data.changePassword.data.email).toBe(ada.email)
  expect((await elsewhere.ask(whoAmI)).data.viewer).toBeNull()
  expect((await here.ask(whoAmI)).data.viewer.user.email).toBe(ada.email)
  expect((await new Browser().signIn(ada.email)).data.signIn.code).toBe('INVALID_INPUT')
})

test('an invitation is shown to who holds the link, makes an account that is signed in, and is good once', async () => {
  const ada = await person()
  const owner = new Browser()
  await owner.signIn(ada.email)
  const email = `ben.${randomUUID()}@example.com`
  const { data } = await owner.ask(
    'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberSuccess { data { link } } } }',
    { input: { email, role: 'EDITOR' } },
  )
  const token = new URL(data.inviteMember.data.link).searchParams.get('token')
  const guest = new Browser()
  const offer = () =>
    guest.ask('query ($token: String!) { invitation(token: $token) { email role workspaceName hasAccount } }', {
      token,
    })
  expect((await offer()).data.invitation).toEqual({
    email,
    role: 'EDITOR',
    workspaceName: 'Orchard',
    hasAccount: false,
  })
  expect(
    (await guest.ask(accept, { input: { token, name: ' ', password: 'short' } })).data.acceptInvitation.issues,
  ).toMatchObject([{ path: 'input.name' }, { path: 'input.password' }])
  expect(
    (await guest.ask(accept, { input: { token, name: 'Ben', password, locale: 'fr' } })).data.acceptInvitation.data,
  ).toEqual({
    user: { name: 'Ben', email, locale: 'fr' },
    role: 'EDITOR',
    workspaces: [{ slug: ada.slug, current: true }],
  })
  expect((await guest.ask(whoAmI)).data.viewer.user.email).toBe(email)
  expect((await offer()).data.invitation).toBeNull()
  expect(
    (await new Browser().ask(accept, { input: { token, name: 'Eve', password } })).data.acceptInvitation.code,
  ).toBe('NOT_FOUND')
})

test('who has an account signs in first; who is signed in as somebody else is refused', async () => {
  const [ada, ben] = [await person(), await person()]
  const owner = new Browser()
  await owner.signIn(ada.email)
  const { data } = await owner.ask(
    'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberSuccess { data { link } } } }',
    { input: { email: ben.email, role: 'VIEWER' } },
  )
  const token = new URL(data.inviteMember.data.link).searchParams.get('token')
  const guest = new Browser()
  expect((await guest.ask(accept, { input: { token, name: 'Ben', password } })).data.acceptInvitation.code).toBe(
    'CONFLICT',
  )
  expect((await owner.ask(accept, { input: { token } })).data.acceptInvitation.code).toBe('FORBIDDEN')
  await guest.signIn(ben.email)
  expect((await guest.ask(accept, { input: { token } })).data.acceptInvitation.data).toMatchObject({
    role: 'VIEWER',
    workspaces: expect.arrayContaining([{ slug: ada.slug, current: true }]),
  })
})

test('a workspace that was chosen is the current one in the answer', async () => {
  const ada = await person()
  const other = await createWorkspace()
  await kernel.access.addMember(other, ada.id, 'viewer')
  const tab = new Browser()
  await tab.signIn(ada.email)
  const { data } = await tab.ask(
    'mutation ($id: ID!) { switchWorkspace(id: $id) { ... on SwitchWorkspaceSuccess { data { current } } } }',
    { id: Buffer.from(`Workspace:${other}`).toString('base64') },
  )
  expect(data.switchWorkspace.data.current).toBe(true)
})
