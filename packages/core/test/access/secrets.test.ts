import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKeyRing, KeyRing, SecretError } from '../../src/access/keyRing.ts'
import { Secrets } from '../../src/access/secrets.ts'
import { sql } from '../../src/data/sql.ts'
import { StartError } from '../../src/errors.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { installation } from './installation.ts'

const database = await testDatabase()
const { context, system } = installation(database)
const [a, b] = [context(await database.createWorkspace('A')), context(await database.createWorkspace('B'))]

const key = (id: string) => ({ id, key: randomBytes(32) })
const place = { workspaceId: a.workspaceId, name: 'mail/password' }
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof SecretError ? error.code : String(error)
  }
  return 'opened'
}

test('a secret is kept sealed and opens in its own workspace', async () => {
  const secrets = new Secrets(new KeyRing([key('one')]))
  await secrets.put(a, place.name, 'häns€l & gretel')
  expect(await secrets.get(a, place.name)).toBe('häns€l & gretel')
  expect(await secrets.get(b, place.name)).toBeUndefined()
  await secrets.put(a, place.name, 'changed')
  expect(await secrets.get(a, place.name)).toBe('changed')
  const [row] = await a.db.query<{ sealed: Buffer }>(sql`select "sealed" from "Secret"`)
  expect(row?.sealed.includes('changed')).toBe(false)
  expect(await secrets.list(a)).toEqual([{ name: place.name, updatedAt: expect.any(Date) }])
  expect([await secrets.delete(a, place.name), await secrets.delete(a, place.name)]).toEqual([true, false])
})

test('a row that is copied into another workspace does not open there', async () => {
  const secrets = new Secrets(new KeyRing([key('one')]))
  await secrets.put(a, 'copied', 'for A alone')
  await database.db.system.query(sql`
    insert into "Secret" ("workspaceId", "name", "keyId", "sealed", "updatedAt")
    select ${b.workspaceId}, "name", "keyId", "sealed", now() from "Secret" where "name" = 'copied'`)
  await expect(secrets.get(b, 'copied')).rejects.toMatchObject({ code: 'SECRET_DAMAGED' })
  expect(await secrets.get(a, 'copied')).toBe('for A alone')
})

test('a secret is bound to workspace, name and key, and every byte of it counts', () => {
  const [one, two] = [key('one'), key('two')]
  const ring = new KeyRing([one, two])
  const secret = ring.seal('treasure', place)
  expect(ring.open(secret, place)).toBe('treasure')
  expect(codeOf(() => ring.open(secret, { ...place, workspaceId: b.workspaceId }))).toBe('SECRET_DAMAGED')
  expect(codeOf(() => ring.open(secret, { ...place, name: 'mail/user' }))).toBe('SECRET_DAMAGED')
  expect(codeOf(() => ring.open({ ...secret, keyId: 'two' }, place))).toBe('SECRET_DAMAGED')
  expect(codeOf(() => new KeyRing([two]).open(secret, place))).toBe('SECRET_KEY_UNKNOWN')
  for (let at = 0; at < secret.sealed.length; at++) {
    const sealed = Buffer.from(secret.sealed)
    sealed[at] = (sealed[at] as number) ^ 1
    expect(codeOf(() => ring.open({ ...secret, sealed }, place))).toBe('SECRET_DAMAGED')
    expect(codeOf(() => ring.open({ ...secret, sealed: secret.sealed.subarray(0, at) }, place))).toBe('SECRET_DAMAGED')
  }
})

test('the same secret is sealed differently every time', () => {
  const ring = new KeyRing([key('one')])
  const seals = Array.from({ length: 100 }, () => Buffer.from(ring.seal('same', place).sealed).toString('hex'))
  expect(new Set(seals).size).toBe(100)
})

test('keys rotate: old secrets open meanwhile, and after it the old key can go', async () => {
  const [old, current] = [key('2025'), key('2026')]
  await new Secrets(new KeyRing([old])).put(a, 'rotated', 'kept')
  const both = new Secrets(new KeyRing([current, old]))
  expect(await both.get(a, 'rotated')).toBe('kept')
  await a.db.query(sql`delete from "Secret" where "name" = 'copied'`)
  expect([await both.rotate(a), await both.rotate(a)]).toEqual([1, 0])
  expect(await new Secrets(new KeyRing([current])).get(a, 'rotated')).toBe('kept')
  await expect(new Secrets(new KeyRing([old])).get(a, 'rotated')).rejects.toMatchObject({ code: 'SECRET_KEY_UNKNOWN' })
})

test('every start rotates what is left in every workspace, and passes over what does not open', async () => {
  const [old, lost, current] = [key('old'), key('lost'), key('new')]
  for (const each of [a, b]) await new Secrets(new KeyRing([old])).put(each, 'everywhere', each.workspaceId)
  await new Secrets(new KeyRing([lost])).put(b, 'lost', 'gone')
  const secrets = new Secrets(new KeyRing([current, old]))
  expect([await secrets.rotateEverywhere(system), await secrets.rotateEverywhere(system)]).toEqual([2, 0])
  expect(await new Secrets(new KeyRing([current])).get(b, 'everywhere')).toBe(b.workspaceId)
  await expect(secrets.get(b, 'lost')).rejects.toMatchObject({ code: 'SECRET_KEY_UNKNOWN' })
})

test('plugins do not see the secrets of one another', async () => {
  const ring = new KeyRing([key('one')])
  const [mail, ads] = [new Secrets(ring, 'mail'), new Secrets(ring, 'ads')]
  await mail.put(a, 'token', 'of mail')
  await ads.put(a, 'token', 'of ads')
  expect([await mail.get(a, 'token'), await ads.get(a, 'token')]).toEqual(['of mail', 'of ads'])
  expect((await mail.list(a)).map(({ name }) => name)).toEqual(['token'])
  await ads.delete(a, 'token')
  expect([await mail.get(a, 'token'), await ads.get(a, 'token')]).toEqual(['of mail', undefined])
})

test('the ring comes from the setting, and without it from the secret of the installation', () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64url')]
  const derived = createKeyRing('an installation secret of some length')
  const secret = derived.seal('before', place)
  expect(createKeyRing('an installation secret of some length').open(secret, place)).toBe('before')
  expect(codeOf(() => createKeyRing('another secret').open(secret, place))).toBe('SECRET_DAMAGED')

  const set = createKeyRing('an installation secret of some length', `k2:${first}, k1:${second}`)
  expect(set.currentId).toBe('k2')
  expect(set.open(secret, place)).toBe('before')
})

test('a setting that cannot be read stops the start without showing a key', () => {
  const good = randomBytes(32).toString('base64')
  for (const setting of [
    'nonsense',
    `k1:${good.slice(4)}`,
    `k1:${good},k1:${good}`,
    `installation:${good}`,
    `:${good}`,
    'k1:',
  ]) {
    let failure: unknown
    try {
      createKeyRing('secret', setting)
    } catch (error) {
      failure = error
    }
    expect(failure).toBeInstanceOf(StartError)
    expect(String(failure)).not.toContain(good.slice(8, 24))
  }
})
