import type pg from 'pg'
import { appRole, systemRole } from './roles.ts'

/**
 * Tables that belong to no workspace, or are one: the short list of what may exist without "workspaceId".
 * Whoever adds to it says why.
 */
export const globalTables: readonly string[] = [
  // Prisma's ledger of migrations: no grants at all.
  'public._prisma_migrations',
  // The same for migrations that plugins bring.
  'public._plugin_migrations',
  // The workspace itself: its id is the key of its policy.
  'public.Workspace',
  // People and how they sign in: one person, many workspaces.
  'public.User',
  'public.Session',
  'public.Account',
  'public.Verification',
]

/** Outside of the public schema: what the app role may read although no policy guards it. */
const readByAll: readonly string[] = [
  // Names and settings of the job queues: the same for every workspace.
  'pgboss.queue',
]

/** A way around isolation: which rule is broken, and by what. */
export interface IsolationGap {
  rule: string
  /** The table, index, constraint, view, function or role. */
  object: string
}

/**
 * Walks the catalog for every way in which one workspace could reach another's rows. Knows no table by
 * name except {@link globalTables}, so that a table of tomorrow's plugin is checked as well.
 *
 * @param owner a connection of the owner, or of any role that may read the catalog
 * @returns nothing when the database isolates workspaces
 */
export async function findIsolationGaps(
  owner: pg.ClientBase,
  global: readonly string[] = globalTables,
): Promise<IsolationGap[]> {
  const gaps: IsolationGap[] = []
  for (const [rule, text] of Object.entries(rules)) {
    const { rows } = await owner.query<{ object: string }>(`${catalog} ${text}`, [global])
    gaps.push(...rows.map(({ object }) => ({ rule, object })))
  }
  return gaps
}

/** The policy that protect_workspace_rows makes, as PostgreSQL prints it. */
const ownRows = `("workspaceId" = ( SELECT (NULLIF(current_setting(''app.workspace''::text, true), ''''::text))::uuid AS "nullif"))`

/** Common tables of all rules: what there is, and what belongs to workspaces. */
const catalog = `
  with global as (
    select unnest($1::text[]) as object
  ), relations as (
    select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.reloptions,
      c.relowner, n.nspname || '.' || c.relname as object, n.nspname,
      (select attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspaceId' and not a.attisdropped) as workspace_column
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  ), tables as (
    select *, (has_table_privilege('${appRole}', oid, 'SELECT, INSERT, UPDATE, DELETE')
      or has_any_column_privilege('${appRole}', oid, 'SELECT, INSERT, UPDATE')) as app_reaches
    from relations where relkind in ('r', 'p', 'f')
  ), tenants as (
    select * from tables where workspace_column is not null
  ), roles as (
    select * from pg_roles where rolname in ('${appRole}', '${systemRole}')
  )`

/** Each finds what breaks it. */
const rules = {
  "a table is neither a workspace's nor on the list of global tables": `
    select object from tables where workspace_column is null and nspname = 'public'
      and object not in (select object from global)`,

  'a table that the app role reaches has no forced row level security': `
    select object from tables where (workspace_column is not null or app_reaches)
      and not (relrowsecurity and relforcerowsecurity) and object <> all ('{${readByAll.join()}}')`,

  // The other rules know by the column whose rows they are; without it a policy could let everybody through. The queue's own
  // schema is checked as it is.
  'a table that holds or shows rows of workspaces is outside of the schema public': `
    select object from relations where relkind in ('r', 'p', 'f', 'v', 'm') and nspname not in ('public', 'pgboss')
      and (workspace_column is not null or has_table_privilege('${appRole}', oid, 'SELECT, INSERT, UPDATE, DELETE')
        or has_any_column_privilege('${appRole}', oid, 'SELECT, INSERT, UPDATE'))`,

  'a tenant table has no policy of its workspace': `
    select object from tenants t where (app_reaches or not relispartition) and not exists (
      select from pg_policy p where p.polrelid = t.oid and p.polpermissive and p.polcmd = '*'
        and pg_get_expr(p.polqual, p.polrelid) = '${ownRows}')`,

  'a policy lets the app role past its workspace': `
    select t.object || ' ' || p.polname as object from pg_policy p join tenants t on t.oid = p.polrelid
    where p.polpermissive and (0 = any (p.polroles) or '${appRole}'::regrole = any (p.polroles))
      and (pg_get_expr(p.polqual, p.polrelid) is distinct from '${ownRows}'
        or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '${ownRows}') <> '${ownRows}')`,

  // It would tell a workspace, by its error, what exists in another.
  'a unique index of a tenant table does not start with workspaceId': `
    select t.object || ' ' || i.indexrelid::regclass as object from pg_index i join tenants t on t.oid = i.indrelid
    where i.indisunique and i.indkey[0] <> t.workspace_column
    union all
    select t.object || ' ' || k.conname from pg_constraint k join tenants t on t.oid = k.conrelid
    where k.contype = 'x' and k.conkey[1] <> t.workspace_column`,

  // Foreign keys are checked without policies: the key itself has to keep the workspaces apart.
  'a foreign key between tenant tables does not start with workspaceId': `
    select t.object || ' ' || k.conname as object from pg_constraint k
    join tenants t on t.oid = k.conrelid join tenants target on target.oid = k.confrelid
    where k.contype = 'f' and (k.conkey[1] <> t.workspace_column or k.confkey[1] <> target.workspace_column)`,

  'a view runs as its owner': `
    select object from relations where relkind = 'v'
      and not coalesce(reloptions @> array['security_invoker=true'] or reloptions @> array['security_invoker=on'], false)
    union all
    select object from relations where relkind = 'm'`,

  'a role of the server is stronger than it may be': `
    select rolname as object from roles
    where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
    union all
    select rolname || ' is a member of ' || roleid::regrole from pg_auth_members join roles on member = roles.oid
    union all
    select rolname || ' may create in ' || nspname from roles, pg_namespace
    where nspname !~ '^pg_' and has_schema_privilege(rolname, pg_namespace.oid, 'CREATE')`,

  'a role of the server owns something': `
    select rolname || ' owns ' || pg_describe_object(classid, objid, objsubid) as object
    from pg_shdepend join roles on refobjid = roles.oid
    where refclassid = 'pg_authid'::regclass and deptype = 'o'
      and dbid = (select oid from pg_database where datname = current_database())`,

  // TRUNCATE knows no policies, REFERENCES can probe for rows, TRIGGER runs code as whoever writes.
  'a role of the server may truncate, reference or put triggers on a table': `
    select rolname || ' ' || object as object from roles, tables
    where has_table_privilege(rolname, tables.oid, 'TRUNCATE, REFERENCES, TRIGGER')`,

  // It runs as its owner. The system role may have one done; its search path must be fixed.
  'a SECURITY DEFINER function is open to the app role, or has no fixed search path': `
    select f.oid::regprocedure::text as object from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and f.prosecdef
      and (has_function_privilege('${appRole}', f.oid, 'EXECUTE') or not exists (
        select from unnest(f.proconfig) as setting where setting like 'search_path=%'))`,
} as const
