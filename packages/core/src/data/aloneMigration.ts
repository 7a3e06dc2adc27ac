import pg from 'pg'

/** One statement that PostgreSQL runs in no transaction: an index that is built while others write. */
export interface AloneStatement {
  readonly sql: string
  readonly index: string
}

/**
 * What a migration consists of that holds `CREATE INDEX CONCURRENTLY`: that statement and comments, nothing else.
 *
 * @returns undefined for a migration that runs in a transaction
 */
export function aloneStatement(migration: string): AloneStatement | undefined {
  const sql = migration.replace(/^\s*--.*$/gm, '').trim()
  const found =
    /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|(\w+))\s+on\s[^;]*;?$/i.exec(
      sql,
    )
  return found ? { sql, index: (found[1] ?? found[2]?.toLowerCase()) as string } : undefined
}

/** Builds the index. What an attempt that was broken off has left of it, PostgreSQL keeps as invalid: that goes first. */
export async function buildAlone(owner: pg.ClientBase, { sql, index }: AloneStatement): Promise<void> {
  const { rows } = await owner.query<{ valid: boolean }>(
    `select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relname = $1 and c.relnamespace = 'public'::regnamespace`,
    [index],
  )
  // Whole, and killed before it was noted: done.
  if (rows[0]?.valid) return
  if (rows[0]) await owner.query(`drop index concurrently ${pg.escapeIdentifier(index)}`)
  await owner.query(sql)
}
