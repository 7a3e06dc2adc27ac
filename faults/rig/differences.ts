import pg from 'pg'

/**
 * How two databases of installations differ, each difference in a line: rows of any table, by hash; and everything of the catalog that
 * isolation and integrity stand on. Empty where they are the same.
 *
 * @param left as its superuser, who sees every row
 * @param right as its superuser
 */
export async function differences(left: string, right: string): Promise<string[]> {
  const [one, other] = await Promise.all([describe(left), describe(right)])
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .map((key) => `${key}: ${one.get(key) ?? 'not there'} | ${other.get(key) ?? 'not there'}`)
    .sort()
}

/** What is compared, by its name. */
async function describe(url: string): Promise<Map<string, string>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(`set timezone = 'UTC'`)
    const found = new Map<string, string>()
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from ${tablesOf} and not c.relispartition`,
    )
    for (const { name } of tables) {
      // Whatever the order of rows.
      const { rows } = await client.query<{ rows: string; hash: string }>(
        `select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as hash from ${name} t`,
      )
      found.set(`rows of ${name}`, `${rows[0]?.rows} (${rows[0]?.hash})`)
    }
    for (const [what, text] of Object.entries(catalog)) {
      const { rows } = await client.query<{ name: string; is: string }>(text)
      for (const { name, is } of rows) found.set(`${what} ${name}`, is)
    }
    return found
  } finally {
    await client.end()
  }
}

/** Statistics of pg-boss and its own ledger are of each installation's own. */
const tablesOf = `pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname in ('public', 'pgboss') and c.relname !~ '^(queue_stats|warning|bam$|version$)'`

const owner = `(select pg_get_userbyid(datdba) from pg_database where datname = current_database())`

const catalog = {
  'row level security of': `select c.oid::regclass::text as name, c.relrowsecurity || ' ' || c.relforcerowsecurity as is from ${tablesOf}`,
  policy: `select c.oid::regclass || ' ' || polname as name, concat_ws(' ', polcmd, polpermissive,
      (select string_agg(case pg_get_userbyid(role) when ${owner} then 'owner' else pg_get_userbyid(role)::text end, ',' order by 1) from unnest(polroles) role),
      pg_get_expr(polqual, c.oid), pg_get_expr(polwithcheck, c.oid)) as is from pg_policy p join pg_class c on c.oid = p.polrelid`,
  grants: `select c.oid::regclass::text as name, coalesce(string_agg(concat(pg_get_userbyid(a.grantee), ' ', a.privilege_type), ', '
      order by pg_get_userbyid(a.grantee), a.privilege_type) filter (where a.grantee <> c.relowner), '') as is
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join aclexplode(c.relacl) a on true
    where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p', 'v', 'S') and c.relname !~ '^queue_stats' group by c.oid, 1`,
  column: `select c.oid::regclass || '.' || a.attname as name, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid)) as is
    from pg_attribute a join (select c.oid from ${tablesOf}) c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped`,
  constraint: `select c.oid::regclass || ' ' || conname as name, pg_get_constraintdef(k.oid) || ' ' || convalidated as is
    from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype <> 'n' and c.relname !~ '^queue_stats'`,
  index: `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) || ' ' || indisvalid as is
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'pgboss') and c.relname !~ '^queue_stats'`,
  trigger: `select tgrelid::regclass || ' ' || tgname as name, pg_get_triggerdef(oid) || ' ' || tgenabled::text as is from pg_trigger where not tgisinternal`,
  partition: `select c.oid::regclass::text as name, pg_get_expr(c.relpartbound, c.oid) as is from ${tablesOf} and c.relispartition`,
  function: `select p.oid::regprocedure::text as name, md5(p.prosrc) || ' ' || p.prosecdef as is from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'pgboss'::regnamespace)`,
}
