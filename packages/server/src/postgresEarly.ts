import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@espalier/core/embedded'
import type { Settings } from './settings.ts'

/** The embedded PostgreSQL of an installation, which may still be starting. */
export interface StartingPostgres {
  /** Where it will be reached; undefined where it is not going to run, for a reason that `started` has. */
  readonly url: string | undefined
  /** @throws StartError */
  readonly started: Promise<EmbeddedPostgres>
  /** For where no installation was opened on it, which stops it by itself. */
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL, and returns as soon as it goes on by itself: what it does until it runs, the repair after a crash
 * above all, takes as long as loading the product, which leaves this process no time for anything else.
 *
 * @returns undefined where the database is elsewhere, or is yet to be made: before that is begun, whatever speaks against it is said
 */
export async function startPostgresEarly(
  { dataFolder, databaseUrl }: Pick<Settings, 'dataFolder' | 'databaseUrl'>,
  onProgress: (message: string) => void,
): Promise<StartingPostgres | undefined> {
  const folder = join(dataFolder, 'postgres')
  if (databaseUrl || !existsSync(folder)) return undefined
  const { promise: starting, resolve } = Promise.withResolvers<string | undefined>()
  const started = startEmbeddedPostgres({ folder, onProgress, onStarting: resolve })
  // What went wrong is told to whoever waits for it.
  started.catch(() => resolve(undefined))
  return {
    url: await starting,
    started,
    stop: () =>
      started.then(
        (postgres) => postgres.stop(),
        () => {},
      ),
  }
}
