import { getDatamodel } from '@espalier/prisma'
import { GraphQLInputObjectType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { accessTypes } from '../../src/access/accessTypes.ts'
import type { Role } from '../../src/access/principal.ts'
import { sql } from '../../src/data/sql.ts'
import { buildSchemas } from '../../src/schema/buildSchemas.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker } from '../schema/harness.ts'
import { installation, origin, password } from './installation.ts'

const database = await testDatabase()
const { access, clock, post, person, signIn, authenticate } = installation(database)
const schemas = buildSchemas({
  plugins: [],
  services: new Map(),
  kernelTypes: [accessTypes(access)],
  kernelPermissions: access.permissions.declared.keys(),
  datamodel: getDatamodel(),
})

const asker = async (headers: Record<string, string>) =>
  new Asker(schemas.admin, database.db, await authenticate(headers), clock)
let slugs = 0

// Passwords are slow on purpose, so the same people found every team.
const cast = await Promise.all(
  ['Ada', 'Ben', 'Ben'].map(async (name) => {
    const one = await person(name)
    return { ...one, cookie: await signIn(one.email) }
  }),
)

/** A workspace of its own: the first of the cast owns it, the others have the given roles. */
async function team(...roles: Role[]) {
  const [owner, ...others] = cast as [(typeof cast)[0], ...typeof cast]
  const slug = `team-${++slugs}`
  const { id } = await access.createWorkspace({ name: 'Team', slug, ownerId: owner.id })
  const members: Person[] = [asking(owner, id)]
  for (const [place, role] of roles.entries()) {
    const other = others[place] as (typeof cast)[0]
    members.push({ ...asking(other, id), memberId: (await access.addMember(id, other.id, role)).id })
  }
  return { workspace: { id, slug }, people: members as [Person, ...Person[]], members }
}

/** A workspace that the first of the cast has nothing to do with. */
async function foreignWorkspace() {
  const [, ownerId, viewerId] = cast.map(({ id }) => id) as [string, string, string]
  const { id } = await access.createWorkspace({ name: 'Foreign', slug: `foreign-${++slugs}`, ownerId })
  return { id, ownerId, memberId: (await access.addMember(id, viewerId, 'viewer')).id }
}

type Person = ReturnType<typeof asking>

function asking(one: { id: string; email: string; cookie: string }, workspaceId: string) {
  const headers = { cookie: one.cookie, 'x-espalier-workspace': workspaceId }
  return {
    ...one,
    headers,
    memberId: '',
    ask: async (source: string, variables?: Record<string, unknown>) => (await asker(headers)).data(source, variables),
    refusal: async (source: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await (await asker(headers)).ask(source, variables)
      return errors?.[0]?.message ?? Object.values(data ?? {})[0]
    },
  }
}

const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64')

describe('viewer', () => {
  const viewer = '{ viewer { user { name email locale } role permissions workspaces { slug role current } } }'

  test('is nobody for the anonymous', async () => {
    expect(await new Asker(schemas.public, database.db, undefined).data(viewer)).toEqual({ viewer: null })
  })

  test('holds what may be read, personal data from editor up', async () => {
    const { people } = await team('viewer', 'editor')
    const heldBy = async (person: Person | undefined) =>
      (await person?.ask('{ viewer { permissions } }'))?.viewer.permissions.filter((name: string) =>
        /^(pages|guests):/.test(name),
      )
    expect(await heldBy(people[1])).toEqual(['pages:read'])
    expect(await heldBy(people[2])).toEqual(['guests:read', 'pages:read', 'pages:write'])
    const { permissions } = await people[0].ask('{ permissions { name description leastRole } }')
    expect(permissions).toContainEqual({
      name: 'guests:read',
      description: 'See who has written',
      leastRole: 'EDITOR',
    })
  })

  test('is the person with the role, the permissions and the workspaces', async () => {
    const { people, workspace } = await team()
    const other = await access.createWorkspace({ name: 'Zebra', slug: `zebra-${++slugs}`, ownerId: people[0].id })
    const requester = await authenticate({ cookie: people[0].cookie, 'x-espalier-workspace': other.id })
    const answer = await new Asker(schemas.public, database.db, requester).data(viewer)
    expect(answer.viewer).toEqual({
      user: { name: 'Ada', email: people[0].email, locale: 'en' },
      role: 'OWNER',
      permissions: [...access.permissions.declared.keys()].sort(),
      workspaces: expect.arrayContaining([
        { slug: workspace.slug, role: 'OWNER', current: false },
        { slug: `zebra-${slugs}`, role: 'OWNER', current: true },
      ]),
    })
  })

  test('is an API key with its scopes', async () => {
    const { workspace } = await team()
    const { key } = await access.createApiKey(workspace.id, { name: 'Key', scopes: ['pages:read'] })
    const answer = await (await asker({ 'x-api-key': key })).data(viewer)
    expect(answer.viewer).toMatchObject({
      user: null,
      role: null,
      permissions: ['pages:read'],
      workspaces: [{ role: null, current: true }],
    })
  })

  test('changes name and language of oneself', async () => {
    const cat = await person('Cat')
    const workspace = await access.createWorkspace({ name: 'Hers', slug: `hers-${++slugs}`, ownerId: cat.id })
    const viewer = asking({ ...cat, cookie: await signIn(cat.email) }, workspace.id)
    const update =
      'mutation ($input: UpdateViewerInput!) { updateViewer(input: $input) { ... on UpdateViewerSuccess { data { name locale } } ... on InvalidInputError { issues { path } } } }'
    const { updateViewer } = await viewer.ask(update, { input: { locale: 'fr', name: ' Cat L. ' } })
    expect(updateViewer.data).toEqual({ name: 'Cat L.', locale: 'fr' })
    expect(await authenticate(viewer.headers)).toMatchObject({ user: { name: 'Cat L.', locale: 'fr' } })
    expect((await viewer.ask(update, { input: { locale: 'xx' } })).updateViewer.issues).toEqual([
      { path: 'input.locale' },
    ])
    expect(await audit(workspace.id, 'updateViewer')).toMatchObject([
      { before: { name: 'Cat', locale: 'en' }, after: { name: 'Cat L.', locale: 'fr' } },
    ])
  })

  test('switches the workspace of the session, only to one of their own', async () => {
    const { people } = await team()
    const foreign = await foreignWorkspace()
    const second = await access.createWorkspace({ name: 'Second', slug: `second-${++slugs}`, ownerId: people[0].id })
    const change =
      'mutation ($id: ID!) { switchWorkspace(id: $id) { __typename ... on SwitchWorkspaceSuccess { data { slug } } } }'
    expect(await people[0].ask(change, { id: globalId('Workspace', foreign.id) })).toEqual({
      switchWorkspace: { __typename: 'ForbiddenError' },
    })
    await people[0].ask(change, { id: globalId('Workspace', second.id) })
    expect(await authenticate({ cookie: people[0].cookie })).toMatchObject({ workspaceId: second.id })
  })
})

describe('workspace', () => {
  test('is read and renamed, and its slug stays unique', async () => {
    const { people, workspace } = await team('editor')
    const taken = (await team()).workspace
    expect(await people[0].ask('{ workspace { name slug } }')).toEqual({
      workspace: { name: 'Team', slug: workspace.slug },
    })
    const update =
      'mutation ($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) { __typename ... on UpdateWorkspaceSuccess { data { name slug } } ... on Error { message } } }'
    const renamed = await people[0].ask(update, { input: { name: 'Orchard' } })
    expect(renamed.updateWorkspace.data).toEqual({ name: 'Orchard', slug: workspace.slug })
    expect((await people[0].ask(update, { input: { slug: taken.slug } })).updateWorkspace.__typename).toBe(
      'ConflictError',
    )
    expect((await people[0].ask(update, { input: { slug: 'No Slug' } })).updateWorkspace.__typename).toBe(
      'InvalidInputError',
    )
    expect(await people[1]?.refusal(update, { input: { name: 'Mine' } })).toMatchObject({
      __typename: 'ForbiddenError',
    })
    expect(await audit(workspace.id, 'updateWorkspace')).toMatchObject([
      { before: { name: 'Team' }, after: { name: 'Orchard' } },
    ])
  })

  test('a new one has its maker as owner and begins with an entry of its own', async () => {
    const { people, workspace } = await team('editor')
    const create =
      'mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { __typename ... on CreateWorkspaceSuccess { data { id role } } } }'
    const input = { name: 'Next', slug: `next-${++slugs}` }
    const { createWorkspace } = await people[0].ask(create, { input })
    expect(createWorkspace.data.role).toBe('OWNER')
    const id = Buffer.from(createWorkspace.data.id, 'base64').toString().split(':')[1] as string
    expect(await authenticate({ cookie: people[0].cookie, 'x-espalier-workspace': input.slug })).toMatchObject({
      workspaceId: id,
      principal: { role: 'owner' },
    })
    expect(await audit(id, 'createWorkspace')).toMatchObject([{ actorId: people[0].id, after: input }])
    expect((await people[0].ask(create, { input })).createWorkspace.__typename).toBe('ConflictError')
    expect(await people[1]?.refusal(create, { input: { name: 'No', slug: 'no' } })).toMatchObject({
      __typename: 'ForbiddenError',
    })
    expect(workspace.id).not.toBe(id)
  })
})

describe('members', () => {
  const list =
    'query ($filter: MemberFilter, $orderBy: MemberOrder) { members(filter: $filter, orderBy: $orderBy) { totalCount nodes { role user { email } } } }'
  const change =
    'mutation ($id: ID!, $role: Role!) { changeMemberRole(id: $id, role: $role) { __typename ... on ChangeMemberRoleSuccess { data { role } } ... on Error { message } } }'
  const remove = 'mutation ($id: ID!) { removeMember(id: $id) { __typename ... on Error { message } } }'

  test('are listed, filtered by role and searched, within the workspace alone', async () => {
    const { people, members } = await team('editor', 'viewer')
    await team('editor')
    expect((await people[0].ask(list)).members).toEqual({
      totalCount: 3,
      nodes: [
        { role: 'OWNER', user: { email: members[0]?.email } },
        { role: 'EDITOR', user: { email: members[1]?.email } },
        { role: 'VIEWER', user: { email: members[2]?.email } },
      ],
    })
    expect((await people[0].ask(list, { filter: { role: ['EDITOR', 'VIEWER'] } })).members.totalCount).toBe(2)
    expect(
      (await people[0].ask(list, { filter: { search: members[2]?.email.toUpperCase() } })).members.nodes,
    ).toHaveLength(1)
  })

  test('get another role at once, by those who may', async () => {
    const { people, members, workspace } = await team('admin', 'editor')
    const [, admin, editor] = members as [Person, Person, Person]
    const id = globalId('Member', editor.memberId)
    expect(await editor.refusal(change, { id, role: 'ADMIN' })).toMatchObject({ __typename: 'ForbiddenError' })
    expect((await admin.ask(change, { id, role: 'OWNER' })).changeMemberRole.__typename).toBe('ForbiddenError')
    expect((await admin.ask(change, { id, role: 'VIEWER' })).changeMemberRole.data).toEqual({ role: 'VIEWER' })
    expect(await authenticate(editor.headers)).toMatchObject({ principal: { role: 'viewer' } })
    expect(await audit(workspace.id, 'changeMemberRole')).toMatchObject([
      {
        actorId: admin.id,
        before: { role: 'editor' },
        after: { role: 'viewer' },
        ipAddress: '192.0.2.7',
        traceId: 't1',
      },
    ])
    expect(people[0].id).toBeDefined()
  })

  test('leave and are removed, but for the last owner', async () => {
    const { people, members } = await team('admin', 'viewer')
    const [owner, admin, viewer] = members as [Person, Person, Person]
    const leave = 'mutation { leaveWorkspace { __typename ... on Error { message } } }'
    expect((await owner.ask(leave)).leaveWorkspace).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('last owner'),
    })
    expect((await viewer.ask(leave)).leaveWorkspace.__typename).toBe('LeaveWorkspaceSuccess')
    await expect(authenticate(viewer.headers)).rejects.toThrow('no access')
    expect((await owner.ask(remove, { id: globalId('Member', admin.memberId) })).removeMember.__typename).toBe(
      'RemoveMemberSuccess',
    )
    expect((await owner.ask(remove, { id: globalId('Member', admin.memberId) })).removeMember.__typename).toBe(
      'NotFoundError',
    )
    expect((await people[0].ask(list)).members.totalCount).toBe(1)
  })

  test('of another workspace are out of reach, by id and by node', async () => {
    const [ours, theirs] = [await team(), await foreignWorkspace()]
    const id = globalId('Member', theirs.memberId)
    expect((await ours.people[0].ask(remove, { id })).removeMember.__typename).toBe('NotFoundError')
    expect(await ours.people[0].ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
    for (const foreign of [globalId('User', theirs.ownerId), globalId('Workspace', theirs.id)]) {
      expect(await ours.people[0].ask('query ($id: ID!) { node(id: $id) { id } }', { id: foreign })).toEqual({
        node: null,
      })
    }
  })
})

describe('invitations', () => {
  const invite =
    'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { __typename ... on InviteMemberSuccess { data { link invitation { id email role status } } } ... on Error { message } } }'

  test('are sent with a link that opens, listed and taken back', async () => {
    const { people, workspace } = await team()
    const { inviteMember } = await people[0].ask(invite, { input: { email: 'New@example.com', role: 'EDITOR' } })
    expect(inviteMember.data.invitation).toMatchObject({ email: 'new@example.com', role: 'EDITOR', status: 'PENDING' })
    const cancel =
      'mutation ($id: ID!) { cancelInvitation(id: $id) { ... on CancelInvitationSuccess { data { status } } } }'
    const second = await people[0].ask(invite, { input: { email: 'other@example.com', role: 'VIEWER' } })
    const canceled = await people[0].ask(cancel, { id: second.inviteMember.data.invitation.id })
    expect(canceled.cancelInvitation.data).toEqual({ status: 'CANCELED' })
    const list = '{ invitations(filter: { status: [PENDING] }) { nodes { email } } }'
    expect(await people[0].ask(list)).toEqual({ invitations: { nodes: [{ email: 'new@example.com' }] } })

    const token = new URL(inviteMember.data.link).searchParams.get('token')
    expect((await post('/invitation/accept', { token, name: 'New', password }, origin)).status).toBe(200)
    expect(await people[0].ask('{ members { totalCount } }')).toEqual({ members: { totalCount: 2 } })
    const entries = await audit(workspace.id, 'inviteMember')
    expect(entries).toMatchObject([{ after: { email: 'new@example.com' } }, { after: { email: 'other@example.com' } }])
    expect(JSON.stringify(entries)).not.toContain(token)
  })

  test('are not for viewers to send', async () => {
    const { members } = await team('viewer')
    const refused = await members[1]?.refusal(invite, { input: { email: 'x@example.com', role: 'VIEWER' } })
    expect(refused).toMatchObject({ __typename: 'ForbiddenError', message: expect.stringContaining('members:write') })
  })
})

describe('API keys', () => {
  const create =
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename ... on CreateApiKeySuccess { data { key apiKey { id name start scopes status } } } ... on InvalidInputError { issues { path code } } ... on Error { message } } }'

  test('are shown once, listed without their secret, and revoked', async () => {
    const { people, workspace } = await team()
    const input = { name: 'Export', scopes: ['pages:read', 'jobs:read'] }
    const { data } = (await people[0].ask(create, { input })).createApiKey
    expect(data.apiKey).toMatchObject({
      name: 'Export',
      scopes: expect.arrayContaining(input.scopes),
      status: 'ACTIVE',
    })
    expect((await authenticate({ 'x-api-key': data.key }))?.workspaceId).toBe(workspace.id)

    const revoke =
      'mutation ($id: ID!) { revokeApiKey(id: $id) { ... on RevokeApiKeySuccess { data { status lastUsedAt } } } }'
    await access.close()
    const revoked = (await people[0].ask(revoke, { id: data.apiKey.id })).revokeApiKey.data
    expect(revoked).toEqual({ status: 'REVOKED', lastUsedAt: expect.any(String) })
    await expect(authenticate({ 'x-api-key': data.key })).rejects.toThrow('unknown, revoked or expired')

    const list = 'query ($active: Boolean) { apiKeys(filter: { active: $active }) { nodes { name start } } }'
    expect((await people[0].ask(list, { active: true })).apiKeys.nodes).toEqual([])
    expect((await people[0].ask(list, { active: false })).apiKeys.nodes).toEqual([
      { name: 'Export', start: data.apiKey.start },
    ])
    const trail = await database.db.workspace(workspace.id).query(sql`select * from "AuditEntry"`)
    expect(trail.map(({ action }) => action)).toEqual(['createApiKey', 'revokeApiKey'])
    expect(JSON.stringify(trail)).not.toContain(data.key.slice(12))
  })

  test('have scopes that exist and that their maker holds, and a future end', async () => {
    const { people, workspace } = await team('editor')
    const attempt = async (input: object) =>
      (await people[0].ask(create, { input: { name: 'Key', ...input } })).createApiKey
    expect(await attempt({ scopes: ['pages:fly'] })).toMatchObject({
      issues: [{ path: 'input.scopes', code: 'UNKNOWN_SCOPE' }],
    })
    expect(await attempt({ scopes: ['pages:read'], expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject({
      issues: [{ path: 'input.expiresAt' }],
    })
    expect(await people[1]?.refusal(create, { input: { name: 'Key', scopes: ['pages:read'] } })).toMatchObject({
      __typename: 'ForbiddenError',
    })

    const { key } = await access.createApiKey(workspace.id, {
      name: 'Parent',
      scopes: ['api-keys:write', 'pages:read'],
    })
    const byKey = await asker({ 'x-api-key': key })
    const escalation = await byKey.data(create, { input: { name: 'Child', scopes: ['pages:write'] } })
    expect(escalation.createApiKey).toMatchObject({
      __typename: 'ForbiddenError',
      message: expect.stringContaining('pages:write'),
    })
    expect(
      (await byKey.data(create, { input: { name: 'Child', scopes: ['pages:read'] } })).createApiKey.data.key,
    ).toMatch(/^esp_/)
  })

  test('no type of the schema has a field for what must not be shown', () => {
    // Inputs take secrets, and the mutations that do are named for them.
    const shown = Object.values(schemas.admin.getTypeMap()).filter(
      (type) => !(type instanceof GraphQLInputObjectType) && !/^(?:Mutation|ChangePasswordSuccess)$/.test(type.name),
    )
    const fields = shown.flatMap((type) =>
      'getFields' in type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    )
    expect(fields.filter((field) => /password|secret|sealed|hash|token/i.test(field))).toEqual([])
    expect(fields.filter((field) => /\.key$/i.test(field))).toEqual(['IssuedApiKey.key'])
  })
})

describe('the audit trail', () => {
  const list =
    'query ($filter: AuditEntryFilter, $orderBy: AuditEntryOrder) { auditEntries(filter: $filter, orderBy: $orderBy) { totalCount nodes { action actorType actorName ipAddress userAgent traceId } } }'

  test('is read by admins, filtered, and shows refused mutations nowhere', async () => {
    const { members } = await team('admin', 'editor')
    const [owner, admin, editor] = members as [Person, Person, Person]
    const rename = (name: string) => `mutation { updateWorkspace(input: { name: "${name}" }) { __typename } }`
    await owner.ask(rename('One'))
    await owner.ask(rename(''))
    await editor.refusal(rename('Three'))
    await admin.ask(rename('Two'))
    expect((await admin.ask(list)).auditEntries.totalCount).toBe(2)
    const filtered = await admin.ask(list, {
      filter: { action: { equals: 'updateWorkspace' }, actorType: ['USER'], actorName: { contains: 'ben' } },
    })
    expect(filtered.auditEntries.nodes).toEqual([
      {
        action: 'updateWorkspace',
        actorType: 'USER',
        actorName: 'Ben',
        ipAddress: '192.0.2.7',
        userAgent: 'test',
        traceId: 't1',
      },
    ])
    expect(await editor.refusal(list)).toContain('audit:read')
  })
})

async function audit(workspaceId: string, action: string) {
  return database.db
    .workspace(workspaceId)
    .query(sql`select * from "AuditEntry" where "action" = ${action} order by "id"`)
}
