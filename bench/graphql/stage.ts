import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { hashApiKey } from '../../packages/core/src/access/apiKeys.ts'
import { startEmbeddedPostgres } from '../../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../../packages/core/src/data/migrate.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../../packages/core/src/data/roles.ts'
import { installJobs } from '../../packages/core/src/jobs/installation.ts'

/** Workspaces with the same number of rows each, of which one is asked for. */
const workspaces = 20
const pagesEach = 200
const variantsEach = 3

/** What every server is told. */
export interface Staging {
  /** As the role that row level security binds; all but {@link systemUrl}'s use this and nothing else. */
  readonly appUrl: string
  /** As the role that finds API keys, which come before any workspace. */
  readonly systemUrl: string
  readonly workspaceId: string
  /** SHA-256 of the one API key, in base64url. */
  readonly keyHash: string
}

/** One server in a process of its own. */
export interface Running {
  readonly url: URL
  readonly pid: number
  /** With which a request is signed in. */
  readonly headers: Readonly<Record<string, string>>
}

/** The database that all servers answer from, and the servers. */
export interface Stage extends AsyncDisposable {
  readonly staging: Staging
  /** Of the pages in the workspace that is asked for. */
  readonly pageIds: readonly string[]
  /** @param module a file beside this one, which calls `listening` with its address */
  start(module: string): Promise<Running>
}

/** A PostgreSQL of its own, migrated and filled, in a folder that goes with it. Commits wait for the disk, as in production. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
  const children: ChildProcess[] = []
  const postgres = await startEmbeddedPostgres({ folder })
  const close = async () => {
    for (const child of children) {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const owner = new pg.Client({ connectionString: postgres.url })
    owner.on('error', () => {}) // Ended with the database, where something failed before.
    await owner.connect()
    await provisionRoles(owner, { app: 'app', system: 'system' })
    await migrate(owner, await readMigrations(join(import.meta.dirname, '../../prisma/migrations')))
    await installJobs(postgres.url)
    const key = `esp_${randomBytes(32).toString('base64url')}`
    const { workspaceId, pageIds } = await fill(owner, hashApiKey(key))
    await owner.end()
    const staging: Staging = {
      appUrl: urlAs(postgres.url, appRole, 'app'),
      systemUrl: urlAs(postgres.url, systemRole, 'system'),
      workspaceId,
      keyHash: hashApiKey(key),
    }
    return {
      staging,
      pageIds,
      start: async (module) => {
        const child = fork(join(import.meta.dirname, module), [JSON.stringify(staging)], {
          env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
          execArgv: process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : [],
        })
        children.push(child)
        const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
          Listening | number | null,
        ]
        if (said === null || typeof said === 'number') throw new Error(`${module} ended before it listened.`)
        const { url, headers = { authorization: `Bearer ${key}` } } = said
        return { url: new URL(url), pid: child.pid as number, headers }
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function fill(owner: pg.Client, keyHash: string): Promise<{ workspaceId: string; pageIds: string[] }> {
  const ids = Array.from({ length: workspaces }, () => uuidv7())
  const workspaceId = ids[ids.length >> 1] as string
  await owner.query(
    `insert into "Workspace" ("id", "name", "slug") select id, 'Bench', id::text from unnest($1::uuid[]) id`,
    [ids],
  )
  await owner.query(
    `insert into "ApiKey" ("workspaceId", "id", "name", "start", "prefix", "key", "permissions", "enabled", "createdAt", "updatedAt", "lastRequest")
     values ($1, $2, 'bench', 'esp_', 'esp_', $3, $4, true, now(), now(), now())`,
    [workspaceId, uuidv7(), keyHash, JSON.stringify({ pages: ['read', 'write'] })],
  )
  await owner.query(
    `insert into "Page" ("workspaceId", "id", "slug", "title", "status", "createdAt", "updatedAt")
     select w, uuidv7(), 'page-' || n, 'Page number ' || n, 'active', now() - n * interval '1 hour', now() - n * interval '1 minute'
     from unnest($1::uuid[]) w, generate_series(1, $2) n`,
    [ids, pagesEach],
  )
  // Each variant but the first derives from the one before; what they show is some 2 kB, as of a small page.
  await owner.query(
    `insert into "PageVariant" ("workspaceId", "id", "pageId", "key", "position", "status", "content", "published", "updatedAt")
     select "workspaceId", uuidv7(), "id", 'v' || n, n, 'active', c, c, now()
     from "Page", generate_series(0, $1 - 1) n,
       lateral (select jsonb_build_object('root', '{}'::jsonb, 'content', jsonb_agg(jsonb_build_object('type', 'Text', 'props', jsonb_build_object('id', 'b' || b, 'text', repeat('words of a page ', 12))))) c
         from generate_series(1, 8) b) content`,
    [variantsEach],
  )
  await owner.query(
    `update "PageVariant" v set "parentVariantId" = p."id" from "PageVariant" p
     where p."workspaceId" = v."workspaceId" and p."pageId" = v."pageId" and p."position" = v."position" - 1`,
  )
  await owner.query('vacuum analyze')
  const { rows } = await owner.query('select "id" from "Page" where "workspaceId" = $1 order by "id"', [workspaceId])
  return { workspaceId, pageIds: rows.map(({ id }) => id) }
}

/** What the process of a server was told. */
export function staging(): Staging {
  return JSON.parse(process.argv[2] as string) as Staging
}

/** What the process of a server says when it answers. */
interface Listening {
  readonly url: string
  readonly headers?: Record<string, string> | undefined
}

/**
 * Tells that this process answers now.
 *
 * @param headers with which a request is signed in, where that is not the key that all know
 */
export function listening(url: string, headers?: Record<string, string>): void {
  process.send?.({ url, headers } satisfies Listening)
}
