import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { revokeApiKey } from '../../src/access/apiKeys.ts'
import { sql } from '../../src/data/sql.ts'
import { ForbiddenError, InvalidInputError, UnauthenticatedError } from '../../src/errors.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { installation } from './installation.ts'

const database = await testDatabase()
const { access, clock, person, signIn, authenticate, context } = installation(database)
const ada = await person()
const ours = await access.createWorkspace({ name: 'Ours', slug: 'ours', ownerId: ada.id })
const theirs = await access.createWorkspace({ name: 'Theirs', slug: 'theirs', ownerId: (await person('Eve')).id })

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const stored = async (id: string) => (await database.db.system.query(sql`select * from "ApiKey" where "id" = ${id}`))[0]

test('a key opens its workspace with its scopes, by either header', async () => {
  const { id, key } = await access.createApiKey(ours.id, { name: 'Reader', scopes: ['pages:read', 'jobs:read'] })
  for (const headers of [bearer(key), { authorization: `bearer ${key}` }, { 'x-api-key': key }]) {
    const authenticated = await authenticate(headers)
    expect(authenticated).toMatchObject({ workspaceId: ours.id, principal: { type: 'apiKey', id, name: 'Reader' } })
    expect(authenticated?.user).toBeUndefined()
    expect(authenticated?.principal).toHaveProperty('permissions', new Set(['pages:read', 'jobs:read']))
  }
})

test('only the SHA-256 of a key is kept, and its first characters', async () => {
  const { id, key, start } = await access.createApiKey(ours.id, { name: 'Kept', scopes: ['pages:read'] })
  expect(key).toMatch(/^esp_[\w-]{43}$/)
  expect(key.startsWith(start)).toBe(true)
  const row = await stored(id)
  expect(row).toMatchObject({ key: createHash('sha256').update(key).digest('base64url'), start, prefix: 'esp_' })
  expect(JSON.stringify(row)).not.toContain(key.slice(start.length))
})

test('better-auth verifies our keys as its own', async () => {
  const { key } = await access.createApiKey(ours.id, { name: 'Compatible', scopes: ['pages:read', 'pages:write'] })
  const verify = (permissions: Record<string, string[]>) =>
    access.signIn.api.verifyApiKey({ body: { key, permissions } })
  expect(await verify({ pages: ['read', 'write'] })).toMatchObject({ valid: true, key: { referenceId: ours.id } })
  expect(await verify({ pages: ['publish'] })).toMatchObject({ valid: false })
})

test('a key of another workspace does not open ours, whatever the header says', async () => {
  const { key } = await access.createApiKey(theirs.id, { name: 'Foreign', scopes: ['pages:read'] })
  for (const wanted of ['ours', ours.id, 'nowhere']) {
    await expect(authenticate({ ...bearer(key), 'x-espalier-workspace': wanted })).rejects.toThrow(ForbiddenError)
  }
  for (const wanted of ['theirs', theirs.id]) {
    expect(await authenticate({ ...bearer(key), 'x-espalier-workspace': wanted })).toMatchObject({
      workspaceId: theirs.id,
    })
  }
})

test('unknown, altered, expired and revoked keys are refused with one and the same sentence', async () => {
  const valid = await access.createApiKey(ours.id, { name: 'Valid', scopes: ['pages:read'] })
  const revoked = await access.createApiKey(ours.id, { name: 'Revoked', scopes: ['pages:read'] })
  await revokeApiKey(database.db.workspace(ours.id), clock, revoked.id)
  const expiring = { name: 'Expired', scopes: ['pages:read'], expiresAt: new Date(clock.now().getTime() + 1000) }
  const expired = await access.createApiKey(ours.id, expiring)
  expect(await authenticate(bearer(expired.key))).toBeDefined()
  clock.advance(1000)

  const last = valid.key.at(-1) === 'A' ? 'B' : 'A'
  const keys = [
    `${valid.key.slice(0, -1)}${last}`,
    valid.key.slice(0, -1),
    `${valid.key}A`,
    'esp_',
    revoked.key,
    expired.key,
  ]
  const refusals = await Promise.all(keys.map((key) => authenticate(bearer(key)).catch((error) => error)))
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(UnauthenticatedError)
  expect(new Set(refusals.map((refusal) => refusal.message)).size).toBe(1)
  expect(await authenticate(bearer(valid.key))).toBeDefined()
})

test('the hash that is stored does not open anything', async () => {
  const { id } = await access.createApiKey(ours.id, { name: 'Leaked', scopes: ['pages:read'] })
  const row = await stored(id)
  expect(await authenticate(bearer(String(row?.key)))).toBeUndefined()
  await expect(authenticate(bearer(`esp_${row?.key}`))).rejects.toThrow(UnauthenticatedError)
})

test('what is not one of our keys is left to whom it belongs', async () => {
  expect(await authenticate(bearer('eyJhbGciOi'))).toBeUndefined()
  expect(await authenticate({ authorization: 'Basic YTpi' })).toBeUndefined()
  expect(await authenticate({})).toBeUndefined()
})

test('a key is preferred to a cookie, and a wrong key is not saved by one', async () => {
  const { key } = await access.createApiKey(ours.id, { name: 'Both', scopes: ['pages:read'] })
  const cookie = await signIn(ada.email)
  expect(await authenticate({ cookie, ...bearer(key) })).toMatchObject({ principal: { type: 'apiKey' } })
  await expect(authenticate({ cookie, ...bearer(`${key}x`) })).rejects.toThrow(UnauthenticatedError)
})

test('a revoked key stops within two seconds, and at once where it was revoked', async () => {
  const { id, key } = await access.createApiKey(ours.id, { name: 'Short-lived', scopes: ['pages:read'] })
  const here = await authenticate(bearer(key))
  const revoked = await revokeApiKey(database.db.workspace(ours.id), clock, id)
  // Remembered for a moment; what is open asks the database itself.
  expect(await authenticate(bearer(key))).toBeDefined()
  expect(await here?.stillValid()).toBe(false)
  clock.advance(2000)
  await expect(authenticate(bearer(key))).rejects.toThrow(UnauthenticatedError)

  const second = await access.createApiKey(ours.id, { name: 'At once', scopes: ['pages:read'] })
  await authenticate(bearer(second.key))
  access.forgetApiKey((await revokeApiKey(database.db.workspace(ours.id), clock, second.id)).key)
  await expect(authenticate(bearer(second.key))).rejects.toThrow(UnauthenticatedError)
  await expect(revokeApiKey(database.db.workspace(theirs.id), clock, id)).rejects.toThrow('There is no API key')
  expect(revoked.id).toBe(id)
})

test('a hundred requests with one key ask the database once', async () => {
  const { key } = await access.createApiKey(ours.id, { name: 'Busy', scopes: ['pages:read'] })
  const other = installation(database)
  const query = vi.spyOn(database.db.system, 'query')
  await Promise.all(Array.from({ length: 100 }, () => other.authenticate(bearer(key))))
  await other.access.close()
  const lookups = query.mock.calls.filter(([statement]) => statement.name === 'access_api_key')
  const touches = query.mock.calls.filter(([statement]) => statement.name === 'access_touch_api_key')
  expect([lookups.length, touches.length]).toEqual([1, 1])
})

test('when it was last used is noted, once a minute', async () => {
  const { id, key } = await access.createApiKey(ours.id, { name: 'Noted', scopes: ['pages:read'] })
  const use = async () => {
    await authenticate(bearer(key))
    await access.close()
    return (await stored(id))?.lastRequest as Date
  }
  const first = await use()
  expect(first).toBeInstanceOf(Date)
  clock.advance(59_000)
  expect(await use()).toEqual(first)
  clock.advance(1_500)
  expect((await use()).getTime()).toBeGreaterThan(first.getTime() + 59_000)
})

test('scopes must be declared, and one whose plugin is gone grants nothing', async () => {
  const make = (scopes: string[]) => access.createApiKey(ours.id, { name: 'Scoped', scopes })
  await expect(make(['pages:fly'])).rejects.toThrow('There is no permission "pages:fly"')
  await expect(make(['__proto__:read'])).rejects.toThrow(InvalidInputError)
  await expect(make([])).rejects.toThrow(InvalidInputError)
  const { key } = await make(['pages:read', 'jobs:read'])
  const without = installation(database, { plugins: [] })
  expect((await without.authenticate(bearer(key)))?.principal).toHaveProperty('permissions', new Set(['jobs:read']))
})

test('nobody makes a key that may more than they do', async () => {
  const issue = (permissions: string[], scopes: string[]) => {
    const principal = { type: 'apiKey', id: 'k', name: 'k', permissions: new Set(permissions) } as const
    return context(ours.id, principal).transaction((tx) => access.issueApiKey(tx, { name: 'Child', scopes }))
  }
  await expect(issue(['api-keys:write', 'pages:read'], ['pages:read', 'pages:write'])).rejects.toThrow(
    'You do not hold "pages:write" yourself',
  )
  expect(await issue(['api-keys:write', 'pages:read'], ['pages:read'])).toHaveProperty('key')
})
