import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { appRole, systemRole, urlAs } from '../data/roles.ts'

/** The cluster that a test run shares: how to reach it, and the migrated database that tests clone. */
export interface TestCluster {
  ownerUrl: string
  template: string
  appPassword: string
  systemPassword: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    espalierCluster: TestCluster
  }
}

/** One database, seen by its three roles. */
export interface DatabaseUrls {
  readonly owner: string
  readonly app: string
  readonly system: string
}

/** The addresses of a database that no other has the name of. It need not be there yet: see {@link cloneDatabase}. */
export function newDatabase(cluster: TestCluster): { name: string; urls: DatabaseUrls } {
  const name = `test_${uuidv7().replaceAll('-', '')}`
  return { name, urls: urlsOf(cluster, name) }
}

export function urlsOf(cluster: TestCluster, database: string): DatabaseUrls {
  const owner = new URL(cluster.ownerUrl)
  owner.pathname = `/${database}`
  return {
    owner: owner.toString(),
    app: urlAs(owner.toString(), appRole, cluster.appPassword),
    system: urlAs(owner.toString(), systemRole, cluster.systemPassword),
  }
}

export function cloneDatabase(cluster: TestCluster, name: string, template: string): Promise<void> {
  // The copy goes through the log (31 ms here), not through files (39 ms): those want two checkpoints, which the
  // whole run waits for.
  return asOwner(urlsOf(cluster, 'postgres').owner, `create database ${name} template ${template} strategy wal_log`)
}

export function dropDatabase(cluster: TestCluster, name: string): Promise<void> {
  return asOwner(urlsOf(cluster, 'postgres').owner, `drop database if exists ${name} with (force)`)
}

/** Runs statements, or work, over a connection of its own. */
export async function asOwner(url: string, work: string | ((owner: pg.Client) => Promise<void>)): Promise<void> {
  const owner = new pg.Client(url)
  await owner.connect()
  try {
    if (typeof work === 'string') await owner.query(work)
    else await work(owner)
  } finally {
    await owner.end()
  }
}
