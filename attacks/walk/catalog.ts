import type pg from 'pg'

/** A table whose rows belong to workspaces, as the catalog has it. */
export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** What its rows refer to, by the columns that refer, without "workspaceId". */
  readonly references: readonly Reference[]
}

export interface Column {
  readonly name: string
  /** As PostgreSQL calls it: "uuid", "text", "jsonb", "text[]", "timestamp(3) with time zone". */
  readonly type: string
  readonly nullable: boolean
  /** As SQL has it; null where there is none. */
  readonly preset: string | null
  /** Of an enum, its values. */
  readonly labels: readonly string[]
}

export interface Reference {
  readonly columns: readonly string[]
  readonly table: string
  readonly keys: readonly string[]
}

/** Every table with a "workspaceId", so that one of tomorrow's plugin is among them; those that are referred to come first. */
export async function readTables(owner: pg.Client): Promise<Table[]> {
  const { rows: columns } = await owner.query<Column & { table: string }>(`
    select c.relname as "table", a.attname as "name", format_type(a.atttypid, a.atttypmod) as "type", not a.attnotnull as "nullable",
      pg_get_expr(d.adbin, d.adrelid) as "preset",
      array(select e.enumlabel::text from pg_enum e where e.enumtypid = a.atttypid order by e.enumsortorder) as "labels"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = ''
      and exists (select from pg_attribute w where w.attrelid = c.oid and w.attname = 'workspaceId' and not w.attisdropped)
    order by 1, a.attnum`)
  const { rows: keys } = await owner.query<Reference & { from: string }>(`
    select c.relname as "from", t.relname as "table",
      array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by o) as "columns",
      array(select a.attname::text from unnest(k.confkey) with ordinality u(n, o) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by o) as "keys"
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace and not c.relispartition
    order by 1, k.conname`)
  const tables = [...Map.groupBy(columns, ({ table }) => table)].map(([name, columns]) => ({
    name,
    columns,
    references: keys.filter(({ from, table }) => from === name && table !== 'Workspace'),
  }))
  return inOrder(tables)
}

function inOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = []
  const left = new Set(tables)
  while (left.size > 0) {
    const waiting = new Set([...left].map(({ name }) => name))
    const free = [...left].filter(
      ({ name, references }) => !references.some((to) => to.table !== name && waiting.has(to.table)),
    )
    if (free.length === 0) throw new Error(`These tables refer to each other in a circle: ${[...waiting].join(', ')}.`)
    for (const table of free) {
      ordered.push(table)
      left.delete(table)
    }
  }
  return ordered
}
