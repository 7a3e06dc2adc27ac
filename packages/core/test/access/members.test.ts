import { expect, test } from 'vitest'
import type { Role } from '../../src/access/principal.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../../src/errors.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { installation } from './installation.ts'

const database = await testDatabase()
const { access, person, signIn, contextOf, context } = installation(database)
let slugs = 0

/** A workspace with an owner and a member of each given role, all signed in. */
async function team(...roles: Role[]) {
  const owner = await person('Owner')
  const workspace = await access.createWorkspace({ name: 'Team', slug: `team-${++slugs}`, ownerId: owner.id })
  const ownerContext = await contextOf({ cookie: await signIn(owner.email) })
  const { id: ownerMember } = await ownerContext.db.prisma.member.findFirstOrThrow({ where: { userId: owner.id } })
  const others = []
  for (const role of roles) {
    const { id, email } = await person('Member')
    const member = await access.addMember(workspace.id, id, role)
    others.push({ userId: id, memberId: member.id, context: await contextOf({ cookie: await signIn(email) }) })
  }
  return { workspace, owner: { userId: owner.id, memberId: ownerMember, context: ownerContext }, others }
}

const rolesOf = async (workspaceId: string) =>
  (await database.db.workspace(workspaceId).prisma.member.findMany({ orderBy: { createdAt: 'asc' } })).map(
    ({ role }) => role,
  )

test('an owner changes roles, makes owners and removes members', async () => {
  const { workspace, owner, others } = await team('viewer', 'editor')
  const [ben, cat] = others as [(typeof others)[0], (typeof others)[0]]
  const changed = await owner.context.transaction((tx) => access.members.changeRole(tx, ben.memberId, 'owner'))
  expect(changed).toMatchObject({ before: { role: 'viewer' }, after: { role: 'owner', userId: ben.userId } })
  await owner.context.transaction((tx) => access.members.remove(tx, cat.memberId))
  expect(await rolesOf(workspace.id)).toEqual(['owner', 'owner'])
})

test('the last owner stays: no demotion, no removal, no leaving', async () => {
  const { owner, others } = await team('admin')
  const deeds = [
    () => owner.context.transaction((tx) => access.members.changeRole(tx, owner.memberId, 'admin')),
    () => owner.context.transaction((tx) => access.members.remove(tx, owner.memberId)),
    () => owner.context.transaction((tx) => access.members.leave(tx)),
  ]
  for (const deed of deeds) await expect(deed()).rejects.toThrow(ConflictError)
  await owner.context.transaction((tx) => access.members.changeRole(tx, String(others[0]?.memberId), 'owner'))
  await owner.context.transaction((tx) => access.members.leave(tx))
})

test('two owners who demote each other at the same time do not leave the workspace without one', async () => {
  const { workspace, owner, others } = await team('owner')
  const [other] = others as [(typeof others)[0]]
  const outcomes = await Promise.allSettled([
    owner.context.transaction((tx) => access.members.changeRole(tx, other.memberId, 'viewer')),
    other.context.transaction((tx) => access.members.changeRole(tx, owner.memberId, 'viewer')),
  ])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await rolesOf(workspace.id)).sort()).toEqual(['owner', 'viewer'])
})

test('an admin makes nobody an owner, not even themselves, and touches no owner', async () => {
  const { workspace, owner, others } = await team('admin', 'viewer')
  const [admin, viewer] = others as [(typeof others)[0], (typeof others)[0]]
  const deeds = [
    () => admin.context.transaction((tx) => access.members.changeRole(tx, admin.memberId, 'owner')),
    () => admin.context.transaction((tx) => access.members.changeRole(tx, viewer.memberId, 'owner')),
    () => admin.context.transaction((tx) => access.members.changeRole(tx, owner.memberId, 'viewer')),
    () => admin.context.transaction((tx) => access.members.remove(tx, owner.memberId)),
  ]
  for (const deed of deeds) await expect(deed()).rejects.toThrow(ForbiddenError)
  expect(await rolesOf(workspace.id)).toEqual(['owner', 'admin', 'viewer'])
  await admin.context.transaction((tx) => access.members.changeRole(tx, viewer.memberId, 'admin'))
})

test('a key that may change members does not hand out roles beyond its scopes', async () => {
  const { workspace, others } = await team('viewer')
  const { key } = await access.createApiKey(workspace.id, { name: 'People', scopes: ['members:read', 'members:write'] })
  const byKey = await contextOf({ 'x-api-key': key })
  const promote = (role: Role) =>
    byKey.transaction((tx) => access.members.changeRole(tx, String(others[0]?.memberId), role))
  for (const role of ['owner', 'admin', 'editor', 'viewer'] as const)
    await expect(promote(role)).rejects.toThrow(ForbiddenError)
})

test('a member of another workspace is not found, though the id is right', async () => {
  const [one, two] = [await team(), await team('editor')]
  const foreign = String(two.others[0]?.memberId)
  await expect(one.owner.context.transaction((tx) => access.members.remove(tx, foreign))).rejects.toThrow(NotFoundError)
  await expect(
    context(one.workspace.id).transaction((tx) => access.members.changeRole(tx, foreign, 'admin')),
  ).rejects.toThrow(NotFoundError)
  expect(await rolesOf(two.workspace.id)).toEqual(['owner', 'editor'])
})
