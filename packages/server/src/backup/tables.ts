import { systemRole } from '@espalier/core/server'
import type pg from 'pg'
import type { BackupTable } from './contents.ts'

/** A table of the installation, as whoever asks sees it. */
export interface StoredTable extends BackupTable {
  /** Whether policies bind the role that asked. */
  readonly bound: boolean
  /** Whether policies let the system role read every row. */
  readonly open: boolean
}

/**
 * Of pg-boss's tables those with what was promised: jobs, what waits for others, queues and schedules. Not its statistics and
 * warnings, nor its own ledger of migrations.
 */
const queueTables = ['job', 'job_dependency', 'queue', 'schedule', 'subscription']

/** Tables that are backed up, and their partitions: a condition on `pg_class c` and `pg_namespace n`. */
export const backedUp = `(c.relkind in ('r', 'p') and c.relpersistence <> 't' and (n.nspname = 'public' or n.nspname = 'pgboss'
  and coalesce((select p.relname from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid), c.relname)
    in (${queueTables.map((name) => `'${name}'`).join(', ')})))`

/** All tables, without their partitions; those of tomorrow's plugin are among them. */
export async function storedTables(owner: pg.ClientBase): Promise<StoredTable[]> {
  const reads = `p.polrelid = c.oid and p.polcmd in ('*', 'r') and (0 = any (p.polroles) or '${systemRole}'::regrole = any (p.polroles))`
  const { rows } = await owner.query<StoredTable>(`
    select n.nspname as "schema", c.relname as "name", row_security_active(c.oid) as "bound",
      has_table_privilege('${systemRole}', c.oid, 'SELECT')
        and exists (select from pg_policy p where ${reads} and p.polpermissive and pg_get_expr(p.polqual, c.oid) = 'true')
        and not exists (select from pg_policy p where ${reads} and not p.polpermissive) as "open",
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as "columns",
      (select coalesce(json_agg(json_build_object('name', t.relname, 'bound', pg_get_expr(t.relpartbound, t.oid)) order by t.relname), '[]')
        from pg_inherits i join pg_class t on t.oid = i.inhrelid where c.relkind = 'p' and i.inhparent = c.oid) as "partitions"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${backedUp} and not c.relispartition
    order by 1, 2`)
  return rows
}
