import { createHash } from 'node:crypto'
import { appRole, systemRole } from '../data/roles.ts'
import { jobSchema } from '../jobs/installation.ts'
import { asOwner, type TestCluster, urlsOf } from './cluster.ts'

/** What a test's database has beside the migrations of the repository. */
export interface TemplateContents {
  /** Of plugins that bring their tables themselves. */
  readonly apply: ((ownerUrl: string) => Promise<void>) | undefined
  /** Tells two contents apart: the SQL that is applied. */
  readonly key: string
}

/**
 * A database for tests to clone, with a queue that reads the time of the test: made by whoever asks first in a run, for all that
 * ask after.
 *
 * @returns its name
 */
export function templateFor(cluster: TestCluster, contents: TemplateContents): Promise<string> {
  const name = `espalier_template_${createHash('sha256').update(contents.key).digest('hex').slice(0, 16)}`
  const place = `${cluster.ownerUrl} ${name}`
  const known = made.get(place)
  if (known) return known
  const making = make(cluster, name, contents).then(() => name)
  made.set(place, making)
  // One that fails says why to each test file, with an attempt of its own.
  making.catch(() => made.delete(place))
  return making
}

/** Of this process; others find what is in the cluster. */
const made = new Map<string, Promise<string>>()

async function make(cluster: TestCluster, name: string, contents: TemplateContents): Promise<void> {
  await asOwner(urlsOf(cluster, 'postgres').owner, async (owner) => {
    await owner.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rows } = await owner.query('select from pg_database where datname = $1', [name])
    if (rows.length > 0) return
    // Under another name until it is whole.
    await owner.query(`drop database if exists ${name}_draft with (force)`)
    await owner.query(`create database ${name}_draft template ${cluster.template} strategy wal_log`)
    const { owner: draft } = urlsOf(cluster, `${name}_draft`)
    await contents.apply?.(draft)
    await asOwner(draft, movableClock)
    await owner.query(`alter database ${name}_draft rename to ${name}`)
  })
}

/**
 * pg-boss reads the time through a function of its schema, everywhere. Here it is the time that the test has set, so that jobs are
 * due, retried and kept by the same clock that the plugins read. One row, or none: then it is the real time.
 */
const movableClock = `
  create table ${jobSchema}.test_clock ("now" timestamptz not null);
  grant select on ${jobSchema}.test_clock to ${appRole};
  grant select, insert, update on ${jobSchema}.test_clock to ${systemRole};
  create or replace function ${jobSchema}.job_now() returns timestamptz language sql stable as
    $$ select coalesce((select "now" from ${jobSchema}.test_clock), pg_catalog.now()) $$`
