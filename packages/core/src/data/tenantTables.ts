import type { SystemDb } from './systemDb.ts'

/** A table whose rows belong to workspaces. */
export interface TenantTable {
  /** As SQL has it: quoted. */
  readonly name: string
  /** Whether the system role may delete from it: not from what only grows. */
  readonly deletable: boolean
  readonly refersToItself: boolean
}

/**
 * Every table with a "workspaceId", as the catalog has them, so that one of tomorrow's plugin is among them. Those that refer to
 * others come before those that they refer to.
 */
export async function tenantTables(system: Pick<SystemDb, 'query'>): Promise<TenantTable[]> {
  const rows = await system.query<TenantTable & { oid: number; refersTo: number[] }>({
    text: `
      select c.oid::int as "oid", c.oid::regclass::text as "name", has_table_privilege(c.oid, 'DELETE') as "deletable",
        exists (select from pg_constraint k where k.contype = 'f' and k.conrelid = c.oid and k.confrelid = c.oid) as "refersToItself",
        array(select distinct k.confrelid::int from pg_constraint k
          where k.contype = 'f' and k.conrelid = c.oid and k.confrelid <> c.oid) as "refersTo"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspaceId' and not a.attisdropped)
      order by 2`,
    values: [],
  })
  const ordered: TenantTable[] = []
  const left = new Map(rows.map((row) => [row.oid, row]))
  while (left.size > 0) {
    const referred = new Set([...left.values()].flatMap(({ refersTo }) => refersTo))
    const free = [...left.values()].filter(({ oid }) => !referred.has(oid))
    // Tables that refer to each other in a circle: together, and PostgreSQL says so where that does not do.
    const next = free.length > 0 ? free : [...left.values()]
    for (const { oid, name, deletable, refersToItself } of next) {
      ordered.push({ name, deletable, refersToItself })
      left.delete(oid)
    }
  }
  return ordered
}
