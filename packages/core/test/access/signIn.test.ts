import { expect, onTestFinished, test, vi } from 'vitest'
import { deleteExpiredSessions } from '../../src/access/expiredSessions.ts'
import { sql } from '../../src/data/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../src/errors.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { cookiesOf, installation, origin, password } from './installation.ts'

const database = await testDatabase()
const { access, clock, post, person, signIn, authenticate, system } = installation(database)

test('a person signs in with a password and is known by the cookie', async () => {
  const ada = await person()
  const workspace = await access.createWorkspace({ name: 'Orchard', slug: 'orchard', ownerId: ada.id })
  const cookie = await signIn(ada.email)

  const authenticated = await authenticate({ cookie })
  expect(authenticated).toMatchObject({
    workspaceId: workspace.id,
    user: { id: ada.id, name: 'Ada', email: ada.email, locale: 'en' },
    principal: { type: 'user', id: ada.id, role: 'owner' },
    workspaces: [{ id: workspace.id, name: 'Orchard', slug: 'orchard', role: 'owner' }],
  })
  expect(authenticated?.principal).toHaveProperty('permissions', access.permissions.ofRole('owner'))
})

test('the session cookie is out of reach of scripts, of foreign posts, of plain http and of sibling hosts', async () => {
  const ada = await person()
  const response = await post('/sign-in/email', { email: ada.email, password })
  const cookie = response.headers.getSetCookie().find((line) => line.includes('session_token'))
  expect(cookie).toMatch(/^__Host-espalier\.session_token=/)
  expect(cookie).toMatch(/; HttpOnly/)
  expect(cookie).toMatch(/; Secure/)
  expect(cookie).toMatch(/; SameSite=Lax/)
  expect(cookie).toMatch(/; Path=\//)
  expect(cookie).not.toMatch(/Domain/)
})

test('on plain http, as on a laptop, the cookie works without Secure', async () => {
  const local = installation(database, { publicUrl: 'http://127.0.0.1:4000' })
  const ada = await local.person()
  const response = await local.post(
    '/sign-in/email',
    { email: ada.email, password },
    { origin: 'http://localhost:4000' },
  )
  expect(response.status).toBe(200)
  expect(response.headers.getSetCookie()[0]).toMatch(
    /^espalier\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('a wrong password and an unknown address are answered alike', async () => {
  const ada = await person()
  const wrong = await post('/sign-in/email', { email: ada.email, password: 'not the password' })
  const unknown = await post('/sign-in/email', { email: 'nobody@example.com', password })
  expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()])
  expect(wrong.status).toBe(401)
})

test('attempts are counted by address: the eleventh in a minute waits', async () => {
  const ada = await person()
  const attempt = () => post('/sign-in/email', { email: ada.email, password: 'a guess at it' }, origin, '10.9.9.9')
  for (let n = 0; n < 10; n++) expect((await attempt()).status).toBe(401)
  const refused = await attempt()
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  // What a client says of its address does not help it.
  const forged = { ...origin, 'x-forwarded-for': '10.7.7.7', 'x-espalier-client-address': '10.7.7.8' }
  expect((await post('/sign-in/email', { email: ada.email, password }, forged, '10.9.9.9')).status).toBe(429)
  expect((await post('/sign-in/email', { email: ada.email, password }, origin, '10.9.9.10')).status).toBe(200)
})

test('attempts are counted by account, too: after a hundred in an hour they wait wherever they come from', async () => {
  const ada = await person()
  expect((await post('/sign-in/email', { email: ada.email, password }, origin, '10.5.5.5')).status).toBe(200)
  const attempt = (email: string, address: string) => post('/sign-in/email', { email, password }, origin, address)
  // A space makes it no address, which is found out before a password is looked at: a hundred of those take no time.
  for (const [network, email, times] of [
    ['10.8', ada.email, 99],
    ['10.7', 'nobody-at-all@example.com', 100],
  ] as const)
    for (let n = 0; n < times; n++) expect((await attempt(`${email} `, `${network}.${n >> 3}.1`)).status).not.toBe(429)
  for (const email of [ada.email, ada.email.toUpperCase(), 'nobody-at-all@example.com']) {
    const refused = await attempt(email, '10.8.99.1')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
  }
  // Whoever is signed in somewhere gets in from there all the same.
  expect((await attempt(ada.email, '10.5.5.5')).status).toBe(200)
})

test('a forged, altered or foreign cookie is nobody', async () => {
  const ada = await person()
  const cookie = await signIn(ada.email)
  const [name, value] = cookie.split('=', 2) as [string, string]
  const [token, signature] = decodeURIComponent(value).split('.') as [string, string]
  const other = installation(database, { secret: 'the secret of quite another installation' })
  const foreign = await other.signIn(ada.email)

  const cookies = [
    `${name}=${token}`,
    `${name}=${token}.`,
    `${name}=${token}.${encodeURIComponent(`${signature.slice(0, -5)}AAAA=`)}`,
    `${name}=${token.slice(0, -1)}X.${encodeURIComponent(signature)}`,
    `${name}=.${encodeURIComponent(signature)}`,
    foreign,
    'nonsense',
  ]
  for (const forged of cookies) expect(await authenticate({ cookie: forged })).toBeUndefined()
  expect(await authenticate({ cookie })).toBeDefined()
})

test('a session ends when it expires, when its person signs out, and when it is revoked elsewhere', async () => {
  const ada = await person()
  const [first, second] = [await signIn(ada.email), await signIn(ada.email)]
  expect((await post('/sign-out', {}, { ...origin, cookie: first })).status).toBe(200)
  expect(await authenticate({ cookie: first })).toBeUndefined()
  expect(await authenticate({ cookie: second })).toBeDefined()

  expect((await post('/revoke-sessions', {}, { ...origin, cookie: second })).status).toBe(200)
  expect(await authenticate({ cookie: second })).toBeUndefined()

  const later = installation(database)
  const third = await signIn(ada.email)
  later.clock.advance(7 * 24 * 3600_000 + 1000)
  expect(await later.authenticate({ cookie: third })).toBeUndefined()
  expect(await authenticate({ cookie: third })).toBeDefined()
})

test('a new password ends every other session', async () => {
  const ada = await person()
  const [here, elsewhere] = [await signIn(ada.email), await signIn(ada.email)]
  const change = { currentPassword: password, newPassword: 'another horse battery', revokeOtherSessions: false }
  const wrong = { ...change, currentPassword: 'not the password' }
  expect((await post('/change-password', wrong, { ...origin, cookie: here })).status).toBe(400)
  expect(await authenticate({ cookie: elsewhere })).toBeDefined()

  const changed = await post('/change-password', change, { ...origin, cookie: here })
  expect(changed.status).toBe(200)
  expect([await authenticate({ cookie: here }), await authenticate({ cookie: elsewhere })]).toEqual([
    undefined,
    undefined,
  ])
  expect(await authenticate({ cookie: cookiesOf(changed) })).toMatchObject({ user: { id: ada.id } })
  expect((await post('/sign-in/email', { email: ada.email, password })).status).toBe(401)
})

test('a lost password is replaced, and whoever was signed in with the old one is out', async () => {
  const ada = await person()
  const cookie = await signIn(ada.email)
  await access.setPassword(ada.email.toUpperCase(), 'a fresh battery staple')
  expect(await authenticate({ cookie })).toBeUndefined()
  expect((await post('/sign-in/email', { email: ada.email, password })).status).toBe(401)
  expect((await post('/sign-in/email', { email: ada.email, password: 'a fresh battery staple' })).status).toBe(200)
  await expect(access.setPassword(ada.email, 'short')).rejects.toThrow(InvalidInputError)
  await expect(access.setPassword('nobody@example.com', password)).rejects.toThrow(NotFoundError)
})

test('no variable of the environment changes the secret behind the sessions', async () => {
  vi.stubEnv('BETTER_AUTH_SECRETS', '2:somebody-elses-secret-of-some-length-0123456789')
  vi.stubEnv('BETTER_AUTH_SECRET', 'somebody-elses-secret-of-some-length-0123456789')
  onTestFinished(() => void vi.unstubAllEnvs())
  const other = installation(database)
  const ada = await other.person()
  const cookie = await other.signIn(ada.email)
  expect(await other.authenticate({ cookie })).toBeDefined()
  expect(await authenticate({ cookie })).toBeDefined()
})

test('sessions that ended a day ago are deleted, those that live are not', async () => {
  const ada = await person()
  const cookie = await signIn(ada.email)
  const later = installation(database)
  later.clock.advance(8 * 24 * 3600_000 + 1000)
  expect(await deleteExpiredSessions.run({}, { ...system, clock } as never, undefined, {} as never)).toEqual({
    deleted: 0,
  })
  expect(await authenticate({ cookie })).toBeDefined()
  const run = deleteExpiredSessions.run({}, { ...system, clock: later.clock } as never, undefined, {} as never)
  expect(await run).toHaveProperty('deleted', expect.any(Number))
  expect(await database.db.system.query(sql`select from "Session" where "userId" = ${ada.id}`)).toEqual([])
})

test('nobody signs up by themselves, and what would change a workspace past the audit trail is closed', async () => {
  const ada = await person()
  await access.createWorkspace({ name: 'Closed', slug: 'closed', ownerId: ada.id })
  const cookie = await signIn(ada.email)
  const paths = ['/sign-up/email', '/organization/create', '/organization/update', '/organization/delete']
  paths.push('/organization/invite-member', '/organization/update-member-role', '/organization/remove-member')
  paths.push('/organization/accept-invitation', '/api-key/create', '/api-key/update', '/api-key/delete', '/update-user')
  paths.push('/delete-user', '/../auth/sign-up/email', '/sign-in/email/../../sign-up/email', '//sign-up/email')
  for (const path of paths) {
    const response = await post(path, { email: 'eve@example.com', password, name: 'Eve' }, { ...origin, cookie })
    expect([path, response.status]).toEqual([path, 404])
  }
})

test('a sign-in that a foreign page sends is refused', async () => {
  const ada = await person()
  const cookie = await signIn(ada.email)
  const body = { email: ada.email, password }
  expect((await post('/sign-in/email', body, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await post('/sign-out', {}, { origin: 'https://evil.example', cookie })).status).toBe(403)
  expect((await post('/sign-out', {}, { cookie })).status).toBe(403)
  expect(await authenticate({ cookie })).toBeDefined()
})

test('the workspace is the one named by header, else the active one, else the only one', async () => {
  const ada = await person()
  const cookie = await signIn(ada.email)
  const nowhere = await authenticate({ cookie })
  expect(nowhere).toMatchObject({ workspaceId: undefined, principal: undefined, user: { id: ada.id }, workspaces: [] })

  const pear = await access.createWorkspace({ name: 'Pear', slug: 'pear', ownerId: ada.id })
  expect(await authenticate({ cookie })).toMatchObject({ workspaceId: pear.id })

  const plum = await access.createWorkspace({ name: 'Plum', slug: 'plum', ownerId: ada.id })
  expect(await authenticate({ cookie })).toMatchObject({ workspaceId: undefined, principal: undefined })
  expect(await authenticate({ cookie, 'x-espalier-workspace': 'pear' })).toMatchObject({ workspaceId: pear.id })
  expect(await authenticate({ cookie, 'x-espalier-workspace': plum.id.toUpperCase() })).toMatchObject({
    workspaceId: plum.id,
  })

  const response = await post('/organization/set-active', { organizationId: plum.id }, { ...origin, cookie })
  expect(response.status).toBe(200)
  expect(await authenticate({ cookie })).toMatchObject({ workspaceId: plum.id })
  expect(await authenticate({ cookie, 'x-espalier-workspace': 'pear' })).toMatchObject({ workspaceId: pear.id })
})

test('whoever belongs to several workspaces begins in the one that they joined first', async () => {
  const ada = await person()
  const first = await access.createWorkspace({ name: 'Zucchini', slug: 'zucchini', ownerId: ada.id })
  await access.createWorkspace({ name: 'Apple', slug: 'apple', ownerId: ada.id })
  expect(await authenticate({ cookie: await signIn(ada.email) })).toMatchObject({ workspaceId: first.id })
})

test('a workspace without membership stays shut, whether it exists or not', async () => {
  const [ada, eve] = [await person('Ada'), await person('Eve')]
  await access.createWorkspace({ name: 'Hers', slug: 'hers', ownerId: ada.id })
  await access.createWorkspace({ name: 'Own', slug: 'own', ownerId: eve.id })
  const cookie = await signIn(eve.email)
  const messages = []
  for (const slug of ['hers', 'none']) {
    const refused = await authenticate({ cookie, 'x-espalier-workspace': slug }).catch((error) => error)
    expect(refused).toBeInstanceOf(ForbiddenError)
    messages.push(refused.message.replace(slug, '…'))
  }
  expect(messages[0]).toBe(messages[1])
})

test('a person is made once per address, with a password worth the name', async () => {
  const ada = await person()
  await expect(access.createUser({ name: 'Ada', email: ada.email.toUpperCase(), password })).rejects.toThrow(
    ConflictError,
  )
  await expect(access.createUser({ name: 'Bo', email: 'bo@example.com', password: 'short' })).rejects.toThrow(
    InvalidInputError,
  )
  await expect(access.createUser({ name: 'Bo', email: 'bo', password })).rejects.toThrow(InvalidInputError)
  const [{ stored }] = (await database.db.system.query<{ stored: string }>(
    sql`select "password" as "stored" from "Account" where "userId" = ${ada.id}`,
  )) as [{ stored: string }]
  expect(stored).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/)
})

test('a role change shows in the very next request', async () => {
  const [ada, ben] = [await person('Ada'), await person('Ben')]
  const workspace = await access.createWorkspace({ name: 'Roles', slug: 'roles', ownerId: ada.id })
  const member = await access.addMember(workspace.id, ben.id, 'editor')
  const cookie = await signIn(ben.email)
  const before = await authenticate({ cookie })
  expect(before?.principal).toMatchObject({ role: 'editor' })
  await database.db.workspace(workspace.id).query(sql`update "Member" set "role" = 'viewer' where "id" = ${member.id}`)
  const after = await authenticate({ cookie })
  expect(after?.principal).toMatchObject({ role: 'viewer' })
  expect(await before?.stillValid()).toBe(false)
  expect(await after?.stillValid()).toBe(true)
  expect(clock.now()).toBeInstanceOf(Date)
})
