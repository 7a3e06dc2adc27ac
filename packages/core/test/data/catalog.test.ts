import pg from 'pg'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findIsolationGaps } from '../../src/data/isolationGaps.ts'
import { JobQueue } from '../../src/jobs/jobQueue.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { urls } = await testDatabase()
await JobQueue.install(urls.owner)
const owner = new pg.Client(urls.owner)
await owner.connect()
afterAll(() => owner.end())

test('the database of this installation isolates workspaces', async () => {
  expect(await findIsolationGaps(owner)).toEqual([])
})

describe('a gap is found:', () => {
  // Each is planted inside a transaction and taken back.
  beforeEach(() => owner.query('begin'))
  afterEach(() => owner.query('rollback'))

  const tenant = (name: string, more = '') =>
    `create table ${name} ("workspaceId" uuid, id uuid, primary key ("workspaceId", id) ${more}); select protect_workspace_rows('${name}');`
  const systemFunction = `create function fine() returns int language sql security definer set search_path = public return 1;
    revoke execute on function fine from public; grant execute on function fine to espalier_system;`
  const outside = 'a table that holds or shows rows of workspaces is outside of the schema public'
  const noPolicy = 'a tenant table has no policy of its workspace'
  const notForced = 'a table that the app role reaches has no forced row level security'
  const unlisted = "a table is neither a workspace's nor on the list of global tables"
  const unique = 'a unique index of a tenant table does not start with workspaceId'
  const foreignKey = 'a foreign key between tenant tables does not start with workspaceId'
  const pastPolicy = 'a policy lets the app role past its workspace'
  const view = 'a view runs as its owner'
  const strong = 'a role of the server is stronger than it may be'
  const owns = 'a role of the server owns something'
  const truncate = 'a role of the server may truncate, reference or put triggers on a table'
  const definer = 'a SECURITY DEFINER function is open to the app role, or has no fixed search path'

  test.each<[what: string, sql: string, rules: string[]]>([
    ['a tenant table without any protection', 'create table leak ("workspaceId" uuid)', [notForced, noPolicy]],
    [
      'one whose policies spare the owner',
      `${tenant('leak')} alter table leak no force row level security`,
      [notForced],
    ],
    ['one whose policies are off', `${tenant('leak')} alter table leak disable row level security`, [notForced]],
    ['one that lost its policy', `${tenant('leak')} drop policy workspace on leak`, [noPolicy]],
    [
      'one with a second policy for everybody',
      `${tenant('leak')} create policy more on leak using (true)`,
      [pastPolicy],
    ],
    [
      'one with a second policy for the app role',
      `${tenant('leak')} create policy more on leak for select to espalier_app using (id is not null)`,
      [pastPolicy],
    ],
    [
      'one that can be written across workspaces',
      `${tenant('leak')} alter policy workspace on leak with check (true)`,
      [pastPolicy],
    ],
    [
      'one whose policy reads the setting for every row',
      `${tenant('leak')} alter policy workspace on leak using ("workspaceId" = current_workspace())`,
      [noPolicy, pastPolicy],
    ],
    [
      'a partition that the app role reaches by its own name',
      `
      create table leak ("workspaceId" uuid, id int, primary key ("workspaceId", id)) partition by range (id);
      select protect_workspace_rows('leak');
      create table leak_1 partition of leak for values from (1) to (2);
      grant select on leak_1 to espalier_app`,
      [notForced, noPolicy],
    ],
    [
      'a partition without policies of its own',
      `
      create table leak ("workspaceId" uuid, id int, primary key ("workspaceId", id)) partition by range (id);
      select protect_workspace_rows('leak');
      create table leak_1 partition of leak for values from (1) to (2)`,
      [notForced],
    ],
    ['a table outside of every workspace', 'create table leak (id int)', [unlisted]],
    [
      'a table beside the schema public that lets everybody through',
      `
      create schema crm; create table crm.leak (workspace uuid, id int); grant usage on schema crm to espalier_app;
      grant select on crm.leak to espalier_app; alter table crm.leak enable row level security, force row level security;
      create policy open on crm.leak using (true)`,
      [outside],
    ],
    ['a tenant table beside the schema public', `create schema crm; ${tenant('crm.leak')}`, [outside]],
    ['an open global table', 'alter table "User" disable row level security', [notForced]],
    ['a unique index over all workspaces', `${tenant('leak')} create unique index on leak (id)`, [unique]],
    ['a unique expression', `${tenant('leak')} create unique index on leak ((id::text))`, [unique]],
    [
      'a primary key that starts elsewhere',
      `create table leak ("workspaceId" uuid, id uuid, primary key (id, "workspaceId")); select protect_workspace_rows('leak')`,
      [unique],
    ],
    [
      'an exclusion over all workspaces',
      tenant('leak', ', during int4range, exclude using gist (during with &&)'),
      [unique],
    ],
    [
      'a foreign key that another workspace can satisfy',
      `
      ${tenant('target')} create unique index target_id on target (id);
      ${tenant('leak', ', "targetId" uuid references target (id)')}`,
      [unique, foreignKey],
    ],
    [
      'a foreign key in the wrong order',
      `
      create table target ("workspaceId" uuid, id uuid, primary key ("workspaceId", id), unique (id, "workspaceId")); select protect_workspace_rows('target');
      ${tenant('leak', ', "targetId" uuid, foreign key ("targetId", "workspaceId") references target (id, "workspaceId")')}`,
      [unique, foreignKey],
    ],
    ['a view', 'create view leak as select * from "Member"', [view]],
    ['a materialized view', 'create materialized view leak as select * from "Member"', [view]],
    ['the app role with BYPASSRLS', 'alter role espalier_app bypassrls', [strong]],
    ['the system role as superuser', 'alter role espalier_system superuser', [strong, truncate]],
    [
      'the app role inside the system role',
      `${systemFunction} grant espalier_system to espalier_app`,
      [strong, definer, notForced],
    ],
    ['the app role that may create tables', 'grant create on schema public to espalier_app', [strong]],
    [
      'a table that the app role owns',
      `${tenant('leak')} grant create on schema public to espalier_app; alter table leak owner to espalier_app`,
      [strong, owns, truncate],
    ],
    [
      'a function that the app role owns',
      `create function leak() returns int language sql return 1; grant create on schema public to espalier_app; alter function leak owner to espalier_app`,
      [strong, owns],
    ],
    ['TRUNCATE', 'grant truncate on "Member" to espalier_app', [truncate]],
    ['TRUNCATE for everybody', 'grant truncate on "Member" to public', [truncate]],
    ['REFERENCES', 'grant references on "Member" to espalier_app', [truncate]],
    [
      'a function that runs as its owner',
      `create function leak() returns bigint language sql security definer set search_path = public return (select count(*) from "Member")`,
      [definer],
    ],
    [
      'one without a fixed search path',
      `create function leak() returns int language sql security definer return 1; revoke execute on function leak from public`,
      [definer],
    ],
  ])('%s', async (_what, sql, rules) => {
    await owner.query(sql)
    const gaps = await findIsolationGaps(owner)
    expect([...new Set(gaps.map(({ rule }) => rule))].sort()).toEqual([...rules].sort())
  })

  test.each([
    ['a protected table', tenant('fine')],
    [
      'a partitioned table whose partitions are reached through it alone',
      `
      create table fine ("workspaceId" uuid, id int, primary key ("workspaceId", id)) partition by range (id);
      select protect_workspace_rows('fine');
      create table fine_1 partition of fine for values from (1) to (2);
      alter table fine_1 enable row level security, force row level security`,
    ],
    [
      'a foreign key with its workspace',
      `${tenant('target')} ${tenant('fine', ', "targetId" uuid, foreign key ("workspaceId", "targetId") references target')}`,
    ],
    ['a view that runs as its caller', 'create view fine with (security_invoker) as select * from "Member"'],
    ['a function for the system role alone', systemFunction],
    ['a table of another program beside it', 'create schema crm; create table crm.fine (id int)'],
  ])('but not in %s', async (_what, sql) => {
    await owner.query(sql)
    expect(await findIsolationGaps(owner)).toEqual([])
  })
})
