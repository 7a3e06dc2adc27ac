import { createKernel, type Kernel, orderPlugins, readPluginMigrations, switchOff } from '@espalier/core/server'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pino from 'pino'
import { furnish } from './demo/furnish.ts'
import { beginInstallation, type Installation } from './installation.ts'
import { installedPlugins } from './plugins.ts'
import type { StartingPostgres } from './postgresEarly.ts'
import { resourcesOf } from './resources.ts'
import type { Settings } from './settings.ts'

/** An installation with its plugins, ready to be started. */
export interface Booted {
  readonly installation: Installation
  readonly kernel: Kernel
  /** Stops the kernel, then what the installation had started. */
  stop(): Promise<void>
}

/**
 * Opens the installation that the settings name, and sets up its plugins.
 *
 * @param migrating false: the database stays as it is
 * @throws StartError
 */
export async function boot(
  settings: Settings,
  publicUrl: string,
  onProgress: (message: string) => void,
  {
    migrating = true,
    postgres,
  }: { readonly migrating?: boolean; readonly postgres?: StartingPostgres | undefined } = {},
): Promise<Booted> {
  const plugins = await installedPlugins(settings.configFile)
  // Once more in the kernel; here, so that a wrong list is told before anything is done to a database.
  const switchedOn = orderPlugins(switchOff(plugins, settings.pluginsOff))
  const installation = await beginInstallation(settings, await readPluginMigrations(switchedOn), onProgress, {
    migrating,
    postgres,
  })
  let kernel: Kernel | undefined
  const stop = async () => {
    try {
      await kernel?.stop()
    } finally {
      await installation.stop()
    }
  }
  try {
    kernel = await createKernel({
      plugins,
      pluginsOff: settings.pluginsOff,
      database: { appUrl: installation.appUrl, systemUrl: installation.systemUrl, prisma: PrismaClient as never },
      datamodel: getDatamodel(),
      redisUrl: settings.redisUrl,
      secret: installation.secret,
      secretKeys: settings.secretKeys,
      publicUrl,
      trustedOrigins: settings.trustedOrigins,
      production: settings.production,
      furnish,
      operationDays: settings.operationDays,
      resources: resourcesOf(settings),
      log: pino({ level: settings.logLevel, redact: ['*.password', '*.secret', '*.token'] }),
    })
    await installation.ready
    return { installation, kernel, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
