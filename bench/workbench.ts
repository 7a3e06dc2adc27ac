import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlContext } from '@espalier/core'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../packages/core/src/data/migrate.ts'
import type { PrismaClientClass } from '../packages/core/src/data/prismaTypes.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../packages/core/src/data/roles.ts'
import { JobQueue } from '../packages/core/src/jobs/jobQueue.ts'
import { createKernel } from '../packages/core/src/plugin/createKernel.ts'
import { cpuWith } from './postgresCpu.ts'

type Plugins = Parameters<typeof createKernel>[0]['plugins']
type Kernel = Awaited<ReturnType<typeof createKernel>>

/** What benchmarks of plugins stand on: a kernel on a PostgreSQL of its own, in a folder that goes with it unless it is kept. */
export interface Workbench extends AsyncDisposable {
  readonly kernel: Kernel
  /** Of the database, past every policy. */
  readonly owner: pg.Pool
  /** Of the roles that a server works by. */
  readonly urls: { readonly app: string; readonly system: string }
  /** Milliseconds of CPU that this process and its PostgreSQL have used so far. */
  cpu(): number
  addWorkspace(): Promise<{ id: string; context: ReturnType<Kernel['contexts']['workspace']> & SqlContext }>
}

/**
 * @param durable whether a commit waits for the disk, as in production
 * @param poolSize connections of the kernel
 * @param kept the folder of a PostgreSQL that stays when it ends, and may be there already
 */
export async function openWorkbench(
  plugins: Plugins,
  { durable = true, poolSize = 10, kept }: { durable?: boolean; poolSize?: number; kept?: string | undefined } = {},
): Promise<Workbench> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'espalier-bench-')))
  const postgres = await startEmbeddedPostgres({ folder, durable })
  const close = async () => {
    await postgres.stop()
    if (!kept) await rm(folder, { recursive: true, force: true })
  }
  try {
    const owner = new pg.Pool({ connectionString: postgres.url, max: 2 })
    const migrator = await owner.connect()
    await provisionRoles(migrator, { app: 'app', system: 'system' })
    await migrate(migrator, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
    migrator.release()
    await JobQueue.install(postgres.url)
    const urls = { app: urlAs(postgres.url, appRole, 'app'), system: urlAs(postgres.url, systemRole, 'system') }
    const kernel = await createKernel({
      plugins,
      database: {
        appUrl: urls.app,
        systemUrl: urls.system,
        prisma: PrismaClient as unknown as PrismaClientClass,
        poolSize,
      },
      datamodel: getDatamodel(),
      secret: 'a secret of the benchmark, long enough',
      publicUrl: 'http://127.0.0.1:4000',
      log: pino({ level: 'silent' }),
    })
    return {
      kernel,
      owner,
      urls,
      cpu: await cpuWith(owner),
      addWorkspace: async () => {
        const id = uuidv7()
        await owner.query('insert into "Workspace" ("id", "name", "slug") values ($1, $2, $3)', [id, 'bench', id])
        return { id, context: kernel.contexts.workspace(id, { type: 'system', name: 'bench' }) }
      },
      [Symbol.asyncDispose]: async () => {
        await kernel.stop()
        await owner.end()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
