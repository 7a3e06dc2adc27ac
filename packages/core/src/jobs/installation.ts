import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { getConstructionPlans, PgBoss } from 'pg-boss'
import { appRole, systemRole } from '../data/roles.ts'

/**
 * Makes pg-boss's schema, or brings it up to date, and puts its job table under row level security, as the
 * owner. Run it with the migrations, after them. Two servers that start together do it once.
 */
export async function installJobs(ownerUrl: string): Promise<void> {
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  try {
    if (await isInstalled(owner)) return
    await lock(owner)
    await migratePgBoss(ownerUrl)
    await buildLateIndexes(owner)
    await protectJobs(owner)
  } finally {
    // Ending the session releases the lock.
    await owner.end()
  }
}

/** The schema of pg-boss, which also is the name that its own tools expect. */
export const jobSchema = 'pgboss'
/** Where every job lives: pg-boss's shared partition of `pgboss.job`. */
export const jobTable = `${jobSchema}.job_common`
/** The queue's clock, in SQL. pg-boss reads this one everywhere, so that a test can move it. */
export const queueNow = `${jobSchema}.job_now()`

/** Held by the session. Asked for again and again: waiting inside a statement would hold up the building of indexes. */
async function lock(owner: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await owner.query('select pg_try_advisory_lock(72707370) as taken')
    if (rows[0].taken) return
    await setTimeout(50)
  }
}

async function migratePgBoss(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    application_name: 'espalier jobs installation',
    max: 2,
    schema: jobSchema,
    supervise: false,
    schedule: false,
  })
  boss.on('error', () => {})
  await boss.start()
  await boss.stop({ graceful: false })
}

/**
 * The indexes that a migration of pg-boss leaves to be built later, without locking the table. Its own
 * background task builds one a minute, as long as the owner stays connected; here they are built now.
 */
async function buildLateIndexes(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ id: string; command: string }>(
    `select id, command from ${jobSchema}.bam where status <> 'completed' order by created_on`,
  )
  for (const { id, command } of rows) {
    await owner.query(command)
    await owner.query(
      `update ${jobSchema}.bam set status = 'completed', completed_on = now(), error = null where id = $1`,
      [id],
    )
  }
}

/** Grants and policies, once per version of them: they lock the job table for a moment. */
async function protectJobs(owner: pg.Client): Promise<void> {
  const { due, found } = await stamps(owner)
  if (found === due) return
  await owner.query(
    `begin; set local lock_timeout = '10s'; ${protection}; comment on schema ${jobSchema} is '${due}'; commit`,
  )
}

/** Whether this very installation was run here: what it does last is to leave its stamp. */
async function isInstalled(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query(`select to_regclass('${jobSchema}.version') is not null as begun`)
  if (!rows[0].begun) return false
  const { due, found } = await stamps(owner)
  return found === due
}

/** Names the tables' version, what pg-boss makes of an empty database, and what is done to that. */
async function stamps(owner: pg.Client): Promise<{ due: string; found: string | null }> {
  const { rows } = await owner.query(
    `select version, obj_description('${jobSchema}'::regnamespace, 'pg_namespace') as stamp from ${jobSchema}.version`,
  )
  const made = `${rows[0]?.version} ${getConstructionPlans(jobSchema)} ${protection}`
  return {
    due: `espalier jobs ${createHash('sha256').update(made).digest('hex').slice(0, 16)}`,
    found: rows[0]?.stamp ?? null,
  }
}

// The ledger is pg-boss's own table, so a workspace's requests read and write it through the app role.
// A row belongs to the workspace in group_id; system jobs have none and stay invisible. Singleton keys
// start with the workspace, so none can occupy another's. Only what enqueue, cancel and retry change is
// granted. The policies sit on the partition too: pg-boss addresses it by name.
const protection = `
  grant usage on schema ${jobSchema} to ${appRole}, ${systemRole};
  grant select, insert, update, delete on all tables in schema ${jobSchema} to ${systemRole};
  grant usage on all sequences in schema ${jobSchema} to ${systemRole};
  grant select (name, policy, retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds, retention_seconds,
    deletion_seconds, dead_letter, heartbeat_seconds) on ${jobSchema}.queue to ${appRole};

  do $do$
  declare target regclass;
  begin
    for target in select relid from pg_partition_tree('${jobSchema}.job') loop
      execute format('alter table %s enable row level security, force row level security', target);
      execute format('drop policy if exists workspace on %s', target);
      execute format('drop policy if exists system on %s', target);
      execute format('drop policy if exists owner on %s', target);
      execute format($sql$create policy workspace on %s to ${appRole}
        using (group_id = (select current_workspace())::text)
        with check (group_id = (select current_workspace())::text
          and (singleton_key is null or starts_with(singleton_key, (select current_workspace())::text || ':')))$sql$, target);
      execute format('create policy system on %s to ${systemRole} using (true) with check (true)', target);
      execute format('create policy owner on %s to %I using (true) with check (true)', target, current_user);
      execute format('revoke all on %s from ${appRole}', target);
      execute format('grant select, insert on %s to ${appRole}', target);
      execute format('grant update (state, policy, retry_limit, start_after, keep_until, completed_on, output) on %s to ${appRole}', target);
    end loop;
  end $do$;

  -- A job by its id, and a workspace's jobs newest first: ids are UUIDv7.
  create index if not exists espalier_ledger on ${jobTable} (group_id, id);
  -- Runs whose worker has gone silent.
  create index if not exists espalier_heartbeat on ${jobTable} (heartbeat_on) where state = 'active';

  -- Two things of ordered jobs. Order is the order of the statements that enqueued: now() would be the
  -- start of their transactions, which a transaction that waited for another's lock began first. And a
  -- job that has used up its attempts lets the next of its key go on, where pg-boss would hold it for ever.
  create or replace function ${jobSchema}.espalier_keep_order() returns trigger language plpgsql as $fn$
  begin
    if new.state = 'created' then new.created_on := clock_timestamp();
    elsif new.state = 'failed' then new.policy := 'standard';
    end if;
    return new;
  end $fn$;
  create or replace trigger espalier_keep_order before insert on ${jobTable}
    for each row when (new.policy = 'key_strict_fifo') execute function ${jobSchema}.espalier_keep_order();

  -- A queue goes from empty to full and back within minutes: with stale statistics a fetch is 17 times slower.
  alter table ${jobTable} set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500,
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)`
