import type pg from 'pg'
import { backedUp } from './tables.ts'

/**
 * Lets the owner, who may be no superuser, put rows into the tables in any order, for the transaction that calls it: policies do
 * not bind them, foreign keys are gone, triggers do not fire. Nobody else sees the tables like that.
 *
 * @returns makes all of it as it was; foreign keys are checked against what is there by then
 */
export async function loosen(owner: pg.ClientBase): Promise<() => Promise<void>> {
  const undo: string[] = []
  for (const [text, back] of await changes(owner)) {
    await owner.query(text)
    undo.push(back)
  }
  return async () => {
    for (const text of undo.reverse()) await owner.query(text)
  }
}

/** Each with what takes it back. Partitions are among the tables: they have policies, keys and triggers of their own. */
async function changes(owner: pg.ClientBase): Promise<[text: string, back: string][]> {
  const table = `format('%I.%I', n.nspname, c.relname)`
  const { rows } = await owner.query<{ text: string; back: string }>(`
    select * from (
      select 1 as step, ${table} as name, 'alter table ' || ${table} || ' no force row level security' as text,
        'alter table ' || ${table} || ' force row level security' as back
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relforcerowsecurity and ${backedUp}
      union all
      select 2, ${table}, 'alter table ' || ${table} || format(' drop constraint %I', k.conname),
        'alter table ' || ${table} || format(' add constraint %I ', k.conname) || pg_get_constraintdef(k.oid)
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and k.conparentid = 0 and ${backedUp}
      union all
      select 3, ${table}, 'alter table ' || ${table} || format(' disable trigger %I', t.tgname),
        'alter table ' || ${table} || format(' enable trigger %I', t.tgname)
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled = 'O' and ${backedUp}
    ) change order by 1, 2, 3`)
  return rows.map(({ text, back }) => [text, back])
}
