import { join } from 'node:path'
import { migrate, readMigrations } from '@espalier/core/server'
import { emptyDatabase } from '@espalier/core/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { owner: url } = await emptyDatabase()
const superuser = new pg.Client(url)
const role = `owner_${Date.now()}_${process.pid}`

describe('pages from before', () => {
  let owner: pg.Client
  /** Applies what comes before a migration, or everything. */
  async function migrateUpTo(name?: string): Promise<void> {
    const migrations = await readMigrations(join(import.meta.dirname, '../../../../prisma/migrations'))
    const end = migrations.findIndex((migration) => migration.name.endsWith(`_${name}`))
    await migrate(owner, end < 0 ? migrations : migrations.slice(0, end))
  }

  beforeAll(async () => {
    await superuser.connect()
    // As people run it themselves: the owner is no superuser, so that policies hold for it, too.
    const database = new URL(url).pathname.slice(1)
    await superuser.query(`create role ${role} login createrole password 'of its own'`)
    await superuser.query(`alter database "${database}" owner to ${role}`)
    const own = new URL(url)
    own.username = role
    own.password = 'of%20its%20own'
    owner = new pg.Client(own.toString())
    await owner.connect()
  })
  afterAll(async () => {
    await owner.end()
    await superuser.query(`drop owned by ${role} cascade`)
    const database = new URL(url).pathname.slice(1)
    await superuser.query(`alter database "${database}" owner to current_user`)
    await superuser.query(`drop role ${role}`)
    await superuser.end()
  })

  test('there was a history begin it with what was published, and what editors had changed since', async () => {
    await migrateUpTo('page_history_and_forms')
    await superuser.query(`
      with w as (insert into "Workspace" ("id", "name", "slug") values (gen_random_uuid(), 'W', 'w') returning "id"),
        p as (insert into "Page" ("workspaceId", "id", "slug", "title", "status", "updatedAt")
          select "id", gen_random_uuid(), 'p', 'P', 'active', now() from w returning "workspaceId", "id")
      insert into "PageVariant" ("workspaceId", "id", "pageId", "key", "position", "content", "published", "updatedAt")
      select "workspaceId", gen_random_uuid(), "id", v.*, now() from p,
        (values ('same', 0, '{"a":1}'::jsonb, '{"a":1}'::jsonb), ('changed', 1, '{"a":2}', '{"a":1}'), ('draft', 2, '{"a":1}', null)) v`)
    await migrateUpTo('page_slots')
    const { rows } = await superuser.query(`
      select v."key", v."status", r."number", r."content"->'a' as "a", v."publishedRevisionId" = r."id" as "shown"
      from "PageVariant" v left join "PageRevision" r on r."variantId" = v."id" order by v."position", r."number"`)
    expect(rows).toEqual([
      { key: 'same', status: 'active', number: 1, a: 1, shown: true },
      { key: 'changed', status: 'active', number: 1, a: 1, shown: true },
      { key: 'changed', status: 'active', number: 2, a: 2, shown: false },
      { key: 'draft', status: 'draft', number: 1, a: 1, shown: null },
    ])
    const forced = await superuser.query(
      `select relname from pg_class where relname in ('PageVariant', 'PageRevision') and relforcerowsecurity order by 1`,
    )
    expect(forced.rows).toHaveLength(2)
  })

  test('blocks were in slots have them there, as the page had them in zones', async () => {
    const text = (id: string) => ({ type: 'Text', props: { id } })
    const columns = (id: string, slots = {}) => ({ type: 'Columns', props: { id, columns: 2, ...slots } })
    const before = {
      root: { props: { title: 'T' } },
      content: [text('first'), columns('a:b'), text('last')],
      zones: {
        'c:column-2': [text('inner')],
        'a:b:column-1': [text('one'), columns('c')],
        'a:b:column-2': [],
      },
    }
    const after = {
      root: { props: { title: 'T' } },
      content: [
        text('first'),
        columns('a:b', { 'column-1': [text('one'), columns('c', { 'column-2': [text('inner')] })] }),
        text('last'),
      ],
    }
    await superuser.query('update "PageVariant" set "content" = $1, "published" = $1 where "key" = \'same\'', [before])
    await superuser.query('update "PageRevision" set "content" = $1 where "number" = 2', [before])
    await superuser.query('update "PageVariant" set "content" = $1 where "key" = \'draft\'', [
      { root: {}, content: [], zones: {} },
    ])
    await migrateUpTo()
    const { rows: variants } = await superuser.query(
      'select "key", "content", "published" from "PageVariant" order by "position"',
    )
    expect(variants).toEqual([
      { key: 'same', content: after, published: after },
      { key: 'changed', content: { a: 2 }, published: { a: 1 } },
      { key: 'draft', content: { root: {}, content: [] }, published: null },
    ])
    const { rows: revisions } = await superuser.query('select "content" from "PageRevision" where "number" = 2')
    expect(revisions).toEqual([{ content: after }])
    const forced = await superuser.query(
      `select relname from pg_class where relname in ('PageVariant', 'PageRevision') and relforcerowsecurity order by 1`,
    )
    expect(forced.rows).toHaveLength(2)
  })
})
