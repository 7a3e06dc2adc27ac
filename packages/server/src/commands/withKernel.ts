import { ConflictError, InvalidInputError, NotFoundError, StartError } from '@espalier/core'
import type { Kernel } from '@espalier/core/server'
import { boot } from '../boot.ts'
import { readSettings } from '../settings.ts'

/**
 * Does something with the installation's kernel, which serves nobody and runs no jobs meanwhile: those that are enqueued wait for
 * a server.
 *
 * @param migrating false: the database stays as it is, and `work` only reads
 * @throws StartError for what a person can mend
 */
export async function withKernel(
  work: (kernel: Kernel) => Promise<void>,
  { migrating = true }: { readonly migrating?: boolean } = {},
): Promise<void> {
  const settings = readSettings(process.env, process.cwd())
  const publicUrl = settings.publicUrl ?? `http://${settings.host}:${settings.port}`
  const booted = await boot(settings, publicUrl, () => {}, { migrating })
  try {
    if (migrating) await booted.kernel.jobs.open()
    await work(booted.kernel)
  } catch (error) {
    if (error instanceof ConflictError || error instanceof InvalidInputError || error instanceof NotFoundError) {
      throw new StartError(error.code, error.message, { cause: error })
    }
    throw error
  } finally {
    await booted.stop()
  }
}
