import type pg from 'pg'

/** What PostgreSQL knows of the tables, which Prisma's datamodel leaves out. */
export interface Catalog {
  /** Table → column → its type, as in a cast: `uuid`, `timestamp(3) with time zone`, `"PageStatus"`. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly foreignKeys: readonly ForeignKey[]
}

/** A foreign key: its columns, and those that they refer to, in the same order. */
interface ForeignKey {
  readonly table: string
  readonly columns: readonly string[]
  readonly refersTo: string
  readonly referredColumns: readonly string[]
}

/** Reads the catalog of the schema `public`, which every role may. */
export async function readCatalog(pool: Pick<pg.Pool, 'query'>): Promise<Catalog> {
  const [columns, foreignKeys] = await Promise.all([
    pool.query<{ table: string; column: string; type: string }>(`
      select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as "type"
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and a.attnum > 0 and not a.attisdropped`),
    pool.query<ForeignKey>(
      `
      select c.relname as "table", f.relname as "refersTo", names(k.conrelid, k.conkey) as "columns", names(k.confrelid, k.confkey) as "referredColumns"
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conparentid = 0`.replaceAll(
        /names\((\S+), (\S+)\)/g,
        'array(select a.attname::text from unnest($2) with ordinality n(number, place) join pg_attribute a on a.attrelid = $1 and a.attnum = n.number order by n.place)',
      ),
    ),
  ])
  const byTable = new Map<string, Map<string, string>>()
  for (const { table, column, type } of columns.rows) {
    const known = byTable.get(table) ?? new Map<string, string>()
    byTable.set(table, known.set(column, type))
  }
  return { columns: byTable, foreignKeys: foreignKeys.rows }
}
