import { expect, test } from 'vitest'
import { derivedKey } from '../../src/access/derivedKey.ts'
import { SessionLookup, type SessionLookupOptions } from '../../src/access/sessionLookup.ts'
import { sessionToken } from '../../src/access/sessions.ts'
import type { SystemDb } from '../../src/data/database.ts'
import { sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { installation } from './installation.ts'

const database = await testDatabase()
const { system } = database.db
const secret = 'a secret that only this test of sessions has'
const { access, clock, person, signIn } = installation(database, { secret })

async function session(name: string) {
  const { id, email } = await person(name)
  const cookie = await signIn(email)
  const { authCookies } = await access.signIn.$context
  const key = derivedKey(Buffer.from(secret), 'sign-in').toString('base64')
  return { id, token: sessionToken(cookie, authCookies.sessionToken.name, key) as string }
}

/** A look-up whose queries are answered by PostgreSQL, but not heard of before they are let through. */
function heldLookup(options: SessionLookupOptions = { atOnce: 1, patienceMs: 10_000 }) {
  const held: { tokens: string[]; answered: Promise<unknown>; release: (error?: Error) => void }[] = []
  const query: SystemDb['query'] = async (statement) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => {})
    const rows = system.query(statement)
    held.push({
      tokens: statement.values[0] as string[],
      answered: rows,
      release: (error) => (error ? reject(error) : resolve()),
    })
    await promise
    return (await rows) as never
  }
  const lookup = new SessionLookup({ ...system, query }, clock, options)
  const next = async (count: number) => {
    while (held.length < count) await new Promise(setImmediate)
    return held[count - 1] as (typeof held)[0]
  }
  return { lookup, held, next }
}

test('whoever asks while a query is under way is answered by the next, all in one', async () => {
  const [ada, ben, cy] = [await session('Ada'), await session('Ben'), await session('Cy')]
  const { lookup, held, next } = heldLookup()
  const first = lookup.find(ada.token)
  const query = await next(1)
  const others = [ben, cy, ada, ben].map(({ token }) => lookup.find(token))
  const nobody = lookup.find('of nobody')
  await new Promise(setImmediate)
  expect(held.map(({ tokens }) => tokens)).toEqual([[ada.token]])
  query.release()
  expect((await first)?.userId).toBe(ada.id)
  ;(await next(2)).release()
  expect((await Promise.all(others)).map((signedIn) => signedIn?.userId)).toEqual([ben.id, cy.id, ada.id, ben.id])
  expect(await nobody).toBeUndefined()
  expect(held.map(({ tokens }) => tokens)).toEqual([[ada.token], [ben.token, cy.token, ada.token, 'of nobody']])
})

test('who asks after a session has ended is not answered by a query from before', async () => {
  const { token } = await session('Dee')
  const { lookup, next } = heldLookup()
  const before = lookup.find(token)
  const query = await next(1)
  await query.answered
  await system.query(sql`delete from "Session" where "token" = ${token}`)
  const after = lookup.find(token)
  query.release()
  expect(await before).toMatchObject({ token })
  ;(await next(2)).release()
  expect(await after).toBeUndefined()
})

test('a query that fails fails those alone who waited for it', async () => {
  const [ada, ben] = [await session('Ada'), await session('Ben')]
  const { lookup, next } = heldLookup()
  const first = lookup.find(ada.token)
  const query = await next(1)
  const second = lookup.find(ben.token)
  query.release(new Error('broken off'))
  await expect(first).rejects.toThrow('broken off')
  ;(await next(2)).release()
  expect((await second)?.userId).toBe(ben.id)
})

test('a query that hangs does not hold up the others', async () => {
  const [ada, ben] = [await session('Ada'), await session('Ben')]
  const { lookup, next } = heldLookup({ atOnce: 1, patienceMs: 20 })
  const hanging = lookup.find(ada.token)
  const first = await next(1)
  const second = lookup.find(ben.token)
  ;(await next(2)).release()
  expect((await second)?.userId).toBe(ben.id)
  const third = lookup.find(ada.token)
  ;(await next(3)).release()
  expect((await third)?.userId).toBe(ada.id)
  first.release()
  expect((await hanging)?.userId).toBe(ada.id)
})

test('no more queries are under way than may be', async () => {
  const { token } = await session('Ada')
  const { lookup, held, next } = heldLookup({ atOnce: 2, patienceMs: 10_000 })
  const asked: Promise<unknown>[] = []
  for (let turn = 0; turn < 5; turn++) {
    asked.push(lookup.find(token))
    await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  expect(held).toHaveLength(2)
  held[0]?.release()
  await next(3)
  for (const { release } of held) release()
  expect(await Promise.all(asked)).toMatchObject(Array(5).fill({ token }))
  expect(held).toHaveLength(3)
})
