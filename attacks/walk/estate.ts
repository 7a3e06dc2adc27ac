import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyPlugin } from '@espalier/core'
import { testApp } from '@espalier/core/testing'
import { type GraphQLSchema, getNamedType, isEnumType, isObjectType } from 'graphql'
import pg from 'pg'
import { inject } from 'vitest'
import guestbook from '../../examples/guestbook/src/index.ts'
import { screenEntry } from '../../examples/guestbook/src/jobs.ts'
import { sessionCookie } from '../../packages/core/src/testing/people.ts'
import { installedPlugins } from '../../packages/server/src/plugins.ts'
import { type Belongings, belongings } from './belongings.ts'
import { readTables, type Table } from './catalog.ts'
import { Coverage } from './coverage.ts'
import { firstValue } from './firstValue.ts'
import { furniture, idOf, type Mark, textOf } from './furniture.ts'

/** Somebody who asks: what their requests carry, and where they ask. */
export interface Asker {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** `/graphql` for people, `/graphql/public` for keys. */
  readonly endpoint: string
}

/** A workspace with one thing of each kind, and its owner. */
export interface Settled {
  readonly id: string
  readonly slug: string
  readonly personId: string
  readonly owner: Asker
  readonly has: Belongings
}

/** The whole product, with workspaces in which there is something in every table. */
export interface Estate {
  readonly app: Awaited<ReturnType<typeof testApp>>
  readonly tables: readonly Table[]
  readonly schema: GraphQLSchema
  readonly publicSchema: GraphQLSchema
  /** What has been asked for. */
  readonly coverage: Coverage
  /** A new workspace with its owner and its things; their values begin with the mark. */
  settle(mark: Mark): Promise<Settled>
  /** What the same workspace would have if it were there: of the same forms, and nowhere. */
  nobody(): Belongings
  /** A second thing of each kind. */
  addMore(workspace: Settled): Promise<void>
  /** An API key of the workspace. Default scopes: all that are declared. */
  key(workspace: Settled, scopes?: readonly string[]): Promise<Asker>
  /** Somebody who is signed in, and in no workspace. */
  stranger(): Promise<Asker>
  /** Somebody else in the workspace. */
  member(workspace: Settled, role: string): Promise<Asker>
  /** All that is in the database of a workspace and of its owner, as one text a table. */
  print(workspace: Settled): Promise<Readonly<Record<string, string>>>
}

/** Nobody in particular. */
export const anonymous: Asker = { name: 'anonymous', headers: { origin: 'http://espalier.test' }, endpoint: '/graphql' }

/** Call it while the test file is being collected. @param more plugins beside those of the product and of an example */
export async function openEstate(more: readonly AnyPlugin[] = []): Promise<Estate> {
  const examples = join(import.meta.dirname, '../../examples')
  const tablesOfGuestbook = await readFile(join(examples, 'guestbook/migration.sql'), 'utf8')
  const app = await testApp({
    plugins: [...(await installedPlugins()), guestbook, ...more],
    publicUrl: 'http://espalier.test',
    tables: tablesOfGuestbook,
  })
  const { kernel } = app
  const { system } = kernel.database
  const [database] = await system.query<{ name: string }>({ text: 'select current_database() as "name"', values: [] })
  const url = new URL(inject('espalierCluster').ownerUrl)
  url.pathname = `/${database?.name}`
  const owner = new pg.Client(url.toString())
  await owner.connect()
  app.beforeClose(() => owner.end())
  const tables = await readTables(owner)
  const schema = kernel.schemas.admin
  const at = app.clock.now()
  const tableOf = (type: string) => {
    const named = schema.getType(type)
    const model = isObjectType(named) ? named.extensions.pothosPrismaModel : undefined
    return typeof model === 'string' ? model : type
  }
  const words = wordsOf(schema)
  const password = await kernel.access.hashPassword('a password that is long enough')
  let count = 0

  const partsOf = (mark: Mark, place: number) => {
    const personId = idOf(mark, at, 0xf0000000 + place)
    const workspaceId = idOf(mark, at, 0xe0000000 + place)
    const jobId = idOf(mark, at, 0xd0000000 + place)
    const sessionId = idOf(mark, at, 0xc0000000 + place)
    const slug = textOf(mark, 'workspace', String(place))
    const person = {
      id: personId,
      name: textOf(mark, 'person', String(place)),
      email: `${textOf(mark, 'person', String(place))}@example.com`,
    }
    const of = (number: number) => furniture(tables, words, { mark, number, personId, at })
    const rows = new Map([...of(1), ['User', person], ['Workspace', { id: workspaceId, slug, name: slug }]])
    const has = belongings(mark, at, rows, tableOf, {
      User: personId,
      Workspace: workspaceId,
      Job: jobId,
      Session: sessionId,
    })
    return { personId, workspaceId, jobId, sessionId, slug, person, of, has }
  }

  const insert = async (workspaceId: string, rows: ReturnType<typeof furniture>, conflicts = '') => {
    const statements = tables.map(({ name }) => {
      const row = { workspaceId, ...rows.get(name) }
      const columns = Object.entries(row)
        .filter(([, value]) => value !== undefined)
        .map(([column]) => `"${column}"`)
      const json = JSON.stringify(row, (_, value) =>
        value?.type === 'Buffer' ? `\\x${Buffer.from(value.data).toString('hex')}` : value,
      )
      return `insert into "${name}" (${columns}) select ${columns} from jsonb_populate_record(null::"${name}", ${pg.escapeLiteral(json)}) ${conflicts}`
    })
    await owner.query(statements.join(';\n'))
  }

  const insertPerson = async (person: { id: string; name: string; email: string }) => {
    await owner.query(
      `insert into "User" ("id", "name", "email", "emailVerified", "locale", "updatedAt") values ($1, $2, $3, true, 'en', now())`,
      [person.id, person.name, person.email],
    )
    await owner.query(
      `insert into "Account" ("id", "userId", "accountId", "providerId", "password", "updatedAt") values ($1::uuid, $1::uuid, $1, 'credential', $2, now())`,
      [person.id, password],
    )
  }

  const signedIn = async (name: string, personId: string, workspaceId: string): Promise<Asker> => ({
    name,
    endpoint: '/graphql',
    headers: {
      cookie: await sessionCookie(kernel, personId),
      origin: kernel.publicUrl,
      'x-espalier-workspace': workspaceId,
    },
  })

  return {
    app,
    tables,
    schema,
    publicSchema: kernel.schemas.public,
    coverage: new Coverage({ '/graphql': schema, '/graphql/public': kernel.schemas.public }),
    settle: async (mark) => {
      const place = ++count
      const { workspaceId, slug, person, personId, of, has, jobId, sessionId } = partsOf(mark, place)
      await insertPerson(person)
      await owner.query('insert into "Workspace" ("id", "name", "slug") values ($1, $2, $2)', [workspaceId, slug])
      await insert(workspaceId, of(1))
      await owner.query(
        `insert into "Session" ("id", "userId", "token", "userAgent", "expiresAt", "updatedAt") values ($1, $2, $3, $3, '9999-01-01', now())`,
        [sessionId, personId, textOf(mark, 'session', String(place))],
      )
      const entry = await kernel.contexts
        .workspace(workspaceId, { type: 'system', name: textOf(mark, 'system') })
        .enqueue(screenEntry, { entryId: has.id('Page') }, { startAfter: new Date(at.getTime() + 86_400_000) })
      await owner.query('update pgboss.job set id = $1 where id = $2', [jobId, entry])
      return { id: workspaceId, slug, personId, has, owner: await signedIn('owner', personId, workspaceId) }
    },
    nobody: () => partsOf('e', 1).has,
    addMore: async ({ id, has }) => {
      const place = ++count
      const { person, personId } = partsOf(has.mark, place)
      await insertPerson(person)
      // Of some things there is one in a workspace, whatever it is called.
      await insert(id, furniture(tables, words, { mark: has.mark, number: 2, personId, at }), 'on conflict do nothing')
    },
    key: async (workspace, scopes = [...kernel.access.permissions.declared.keys()]) => {
      const { key } = await kernel.access.createApiKey(workspace.id, { name: 'Walk', scopes })
      return { name: 'key', endpoint: '/graphql/public', headers: { authorization: `Bearer ${key}` } }
    },
    stranger: async () => {
      const { person, personId } = partsOf('a', ++count)
      await insertPerson(person)
      const { cookie = '', origin = '' } = (await signedIn('stranger', personId, '')).headers
      return { name: 'stranger', endpoint: '/graphql', headers: { cookie, origin } }
    },
    member: async (workspace, role) => {
      const place = ++count
      const { mark } = workspace.has
      const id = idOf(mark, at, 0xf0000000 + place)
      const name = textOf(mark, 'person', String(place))
      await insertPerson({ id, name, email: `${name}@example.com` })
      await kernel.access.addMember(workspace.id, id, role as 'viewer')
      return signedIn(role, id, workspace.id)
    },
    print: async ({ id, personId }) => {
      const lines = (name: string, from: string) =>
        `select ${pg.escapeLiteral(name)} as "name", coalesce(string_agg(x::text, E'\\n' order by x::text), '') as "rows" from ${from}`
      const { rows } = await owner.query<{ name: string; rows: string }>(
        [
          ...tables.map(({ name }) => lines(name, `"${name}" x where "workspaceId" = '${id}'`)),
          lines('Workspace', `"Workspace" x where "id" = '${id}'`),
          lines('User', `"User" x where "id" = '${personId}'`),
          ...['Session', 'Account'].map((name) => lines(name, `"${name}" x where "userId" = '${personId}'`)),
          lines('job', `pgboss.job x where group_id = '${id}'`),
        ].join(' union all '),
      )
      return Object.fromEntries(rows.map(({ name, rows }) => [name, rows]))
    },
  }
}

/** `Table.column` of each column that the schema shows as an enum, and the first of its values as the database has it. */
function wordsOf(schema: GraphQLSchema): Map<string, unknown> {
  const words = new Map<string, unknown>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    const table = type.extensions.pothosPrismaModel ?? type.name
    for (const [name, field] of Object.entries(type.getFields())) {
      const shown = getNamedType(field.type)
      if (isEnumType(shown)) words.set(`${table}.${name}`, firstValue(shown)?.value)
    }
  }
  return words
}
