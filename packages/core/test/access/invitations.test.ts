import { expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../src/errors.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { cookiesOf, installation, origin, password, publicUrl } from './installation.ts'

const database = await testDatabase()
const { access, clock, post, person, signIn, authenticate, contextOf } = installation(database)
const owner = await person('Ada')
const workspace = await access.createWorkspace({ name: 'Orchard', slug: 'orchard', ownerId: owner.id })
const cookie = await signIn(owner.email)
const ownerContext = await contextOf({ cookie })

const invite = async (email: string, role: 'owner' | 'admin' | 'editor' | 'viewer' = 'editor') => {
  const sent = await ownerContext.transaction((tx) => access.invitations.invite(tx, { email, role }))
  return { ...sent, token: new URL(sent.link).searchParams.get('token') ?? '' }
}
const describe = (token: string) =>
  access.handler(new Request(`${publicUrl}/api/auth/invitation?token=${encodeURIComponent(token)}`), '10.2.2.2')

test('a new person takes an invitation with a name and a password, and is signed in', async () => {
  const { token, link } = await invite('Ben@Example.com', 'admin')
  expect(link).toMatch(/^https:\/\/growth\.example\/invitation\?token=[\w-]{43}$/)
  expect(await (await describe(token)).json()).toMatchObject({
    email: 'ben@example.com',
    role: 'admin',
    workspaceName: 'Orchard',
    hasAccount: false,
  })

  const response = await post('/invitation/accept', { token, name: 'Ben', password, locale: 'fr' })
  expect([response.status, await response.json()]).toEqual([200, { workspaceId: workspace.id, role: 'admin' }])
  expect(await authenticate({ cookie: cookiesOf(response) })).toMatchObject({
    workspaceId: workspace.id,
    principal: { role: 'admin', name: 'Ben', locale: 'fr' },
  })
  expect(await signIn('ben@example.com')).toContain('session_token')

  const [entry] = await ownerContext.db.query(sql`select * from "AuditEntry" where "action" = 'acceptInvitation'`)
  expect(entry).toMatchObject({
    actorType: 'user',
    actorName: 'Ben',
    resourceType: 'Member',
    after: { role: 'admin', email: 'ben@example.com' },
  })
  expect(entry).toHaveProperty('ipAddress', expect.stringMatching(/^10\./))
})

test('a person with an account takes it signed in, and only in their own name', async () => {
  const [cat, eve] = [await person('Cat'), await person('Eve')]
  const { token } = await invite(cat.email)
  expect(await (await describe(token)).json()).toMatchObject({ hasAccount: true })

  const stranger = await post('/invitation/accept', { token, name: 'Eve', password })
  expect([stranger.status, await stranger.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED' }])
  const other = await post('/invitation/accept', { token }, { ...origin, cookie: await signIn(eve.email) })
  expect([other.status, await other.json()]).toMatchObject([403, { code: 'FORBIDDEN' }])

  // They own two workspaces already; after it the session is in the third.
  for (const slug of ['cats-one', 'cats-two']) await access.createWorkspace({ name: slug, slug, ownerId: cat.id })
  const own = await signIn(cat.email)
  expect((await post('/invitation/accept', { token }, { ...origin, cookie: own })).status).toBe(200)
  expect(await authenticate({ cookie: own })).toMatchObject({
    workspaceId: workspace.id,
    principal: { role: 'editor' },
  })
})

test('an invitation is good once, until it is canceled, replaced or expires', async () => {
  const take = async (token: string, name = 'Dan') =>
    (await post('/invitation/accept', { token, name, password })).status
  const once = await invite('once@example.com')
  expect(
    await Promise.all([take(once.token), take(once.token)]).then((both) => both.filter((status) => status === 200)),
  ).toHaveLength(1)
  expect(await take(once.token)).toBe(404)

  const canceled = await invite('canceled@example.com')
  await ownerContext.transaction((tx) => access.invitations.cancel(tx, canceled.invitation.id))
  expect([(await describe(canceled.token)).status, await take(canceled.token)]).toEqual([404, 404])
  await expect(access.invitations.cancel(ownerContext, canceled.invitation.id)).rejects.toThrow(NotFoundError)

  const [first, second] = [await invite('twice@example.com'), await invite('twice@example.com', 'viewer')]
  expect([await take(first.token), await take(second.token)]).toEqual([404, 200])

  const late = await invite('late@example.com')
  clock.advance(7 * 24 * 3600_000)
  expect([(await describe(late.token)).status, await take(late.token)]).toEqual([404, 404])
  clock.advance(-7 * 24 * 3600_000)
})

test('who knows only the id of an invitation, as members do, cannot take it', async () => {
  const { invitation, token } = await invite('target@example.com', 'admin')
  const id = Buffer.from(invitation.id.replaceAll('-', ''), 'hex')
  const other = await invite('somebody@example.com')
  const tokens = [
    invitation.id,
    id.toString('base64url'),
    Buffer.concat([id, Buffer.alloc(16)]).toString('base64url'),
    Buffer.concat([id, Buffer.from(other.token, 'base64url').subarray(16)]).toString('base64url'),
    `${token}A`,
    "' or true --",
  ]
  for (const forged of tokens) {
    expect((await post('/invitation/accept', { token: forged, name: 'Eve', password })).status).toBe(404)
  }
  const elsewhere = installation(database, { secret: 'the secret of quite another installation' })
  expect((await elsewhere.post('/invitation/accept', { token, name: 'Eve', password })).status).toBe(404)
})

test('an account needs a name and a password worth the name, or nothing happens', async () => {
  const { token } = await invite('weak@example.com')
  for (const body of [
    { token },
    { token, name: 'W' },
    { token, name: 'W', password: 'short' },
    { token, name: ' ', password },
  ]) {
    expect((await post('/invitation/accept', body)).status).toBe(400)
  }
  const foreign = { origin: 'https://evil.example' }
  expect((await post('/invitation/accept', { token, name: 'W', password }, foreign)).status).toBe(403)
  expect(await (await describe(token)).json()).toMatchObject({ hasAccount: false })
})

test('nobody invites a member, a nonsense address, or into a role beyond their own', async () => {
  await expect(invite(owner.email)).rejects.toThrow(ConflictError)
  await expect(invite('not an address')).rejects.toThrow(InvalidInputError)
  const editor = await person('Fay')
  await access.addMember(workspace.id, editor.id, 'admin')
  const admin = await contextOf({ cookie: await signIn(editor.email) })
  await expect(
    admin.transaction((tx) => access.invitations.invite(tx, { email: 'x@example.com', role: 'owner' })),
  ).rejects.toThrow(ForbiddenError)
  const { key } = await access.createApiKey(workspace.id, { name: 'Key', scopes: ['members:write'] })
  const byKey = await contextOf({ 'x-api-key': key })
  await expect(
    byKey.transaction((tx) => access.invitations.invite(tx, { email: 'x@example.com', role: 'viewer' })),
  ).rejects.toThrow(ForbiddenError)
})
