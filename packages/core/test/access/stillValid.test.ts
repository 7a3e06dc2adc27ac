import { expect, test, vi } from 'vitest'
import { revokeApiKey } from '../../src/access/apiKeys.ts'
import type { Authenticated } from '../../src/access/authenticated.ts'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { installation, origin } from './installation.ts'

const database = await testDatabase()
const { access, clock, post, person, signIn, authenticate } = installation(database)
const owner = await person('Ada')
const workspace = await access.createWorkspace({ name: 'Watched', slug: 'watched', ownerId: owner.id })
const inWorkspace = database.db.workspace(workspace.id)

async function subscriber(role: 'admin' | 'editor' | 'viewer' = 'editor') {
  const { id, email } = await person('Ben')
  const member = await access.addMember(workspace.id, id, role)
  const cookie = await signIn(email)
  return { id, cookie, member, authenticated: (await authenticate({ cookie })) as Authenticated }
}

async function keySubscriber(expiresAt?: Date) {
  const { id, key } = await access.createApiKey(workspace.id, {
    name: 'Watcher',
    scopes: ['pages:read'],
    ...(expiresAt && { expiresAt }),
  })
  return { id, authenticated: (await authenticate({ 'x-api-key': key })) as Authenticated }
}

test('one query tells of many who keeps their rights', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => subscriber()))
  const keys = await Promise.all(Array.from({ length: 3 }, () => keySubscriber()))
  const [kept, signedOut, downgraded, promoted, removed] = people as [(typeof people)[0], ...typeof people]
  const [, revokedKey, rescoped] = keys as [(typeof keys)[0], ...typeof keys]
  const everyone = [...people, ...keys].map(({ authenticated }) => authenticated)
  expect(await access.stillValid(everyone)).toEqual(everyone.map(() => true))

  await post('/sign-out', {}, { ...origin, cookie: signedOut?.cookie ?? '' })
  await inWorkspace.query(sql`update "Member" set "role" = 'viewer' where "id" = ${downgraded?.member.id}`)
  await inWorkspace.query(sql`update "Member" set "role" = 'admin' where "id" = ${promoted?.member.id}`)
  await inWorkspace.query(sql`delete from "Member" where "id" = ${removed?.member.id}`)
  await revokeApiKey(inWorkspace, clock, String(revokedKey?.id))
  await inWorkspace.query(sql`update "ApiKey" set "permissions" = '{}' where "id" = ${rescoped?.id}`)

  const query = vi.spyOn(database.db.system, 'query')
  expect(await access.stillValid(everyone)).toEqual([true, false, false, false, false, true, false, false])
  expect(query).toHaveBeenCalledTimes(1)
  expect(await kept.authenticated.stillValid()).toBe(true)
})

test('a workspace or a person that is deleted takes its subscribers along', async () => {
  const doomed = await access.createWorkspace({ name: 'Doomed', slug: 'doomed', ownerId: owner.id })
  const { key } = await access.createApiKey(doomed.id, { name: 'Watcher', scopes: ['pages:read'] })
  const byKey = (await authenticate({ 'x-api-key': key })) as Authenticated
  const ben = await subscriber()
  expect(await access.stillValid([byKey, ben.authenticated])).toEqual([true, true])
  await database.db.system.query(sql`delete from "Workspace" where "id" = ${doomed.id}`)
  await database.db.system.query(sql`delete from "User" where "id" = ${ben.id}`)
  expect(await access.stillValid([byKey, ben.authenticated])).toEqual([false, false])
})

test('what this installation did not grant is not valid', async () => {
  const { authenticated } = await subscriber()
  expect(await access.stillValid([authenticated])).toEqual([true])
  expect(await access.stillValid([{ ...authenticated }])).toEqual([false])
  expect(await access.stillValid([])).toEqual([])
})

test('what expires while it is open ends', async () => {
  const key = await keySubscriber(new Date(clock.now().getTime() + 60_000))
  const session = await subscriber('viewer')
  expect(await access.stillValid([key.authenticated, session.authenticated])).toEqual([true, true])
  clock.advance(60_000)
  expect(await access.stillValid([key.authenticated, session.authenticated])).toEqual([false, true])
  clock.advance(7 * 24 * 3600_000)
  expect(await access.stillValid([key.authenticated, session.authenticated])).toEqual([false, false])
})
