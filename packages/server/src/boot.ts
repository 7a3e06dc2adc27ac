import { createKernel, type Kernel, orderPlugins, switchOff } from '@espalier/core/server'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pino from 'pino'
import { type Installation, openInstallation } from './installation.ts'
import { plugins } from './plugins.ts'
import type { Settings } from './settings.ts'

/** An installation with its plugins, ready to be started. */
export interface Booted {
  readonly installation: Installation
  readonly kernel: Kernel
  /** Stops the kernel, then what the installation had started. */
  stop(): Promise<void>
}

/** Opens the installation that the settings name, and sets up its plugins. @throws StartError */
export async function boot(
  settings: Settings,
  publicUrl: string,
  onProgress: (message: string) => void,
): Promise<Booted> {
  // Once more in the kernel; here, so that a wrong list is told before a database is started.
  orderPlugins(switchOff(plugins, settings.pluginsOff))
  const installation = await openInstallation(settings, onProgress)
  try {
    const kernel = await createKernel({
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
      resources: {
        dataFolder: settings.dataFolder,
        fileStore: settings.fileStore,
        eventRetentionDays: settings.eventRetentionDays,
        countryDatabase: settings.countryDatabase,
        chromium: settings.chromium,
      },
      log: pino({ level: settings.logLevel, redact: ['*.password', '*.secret', '*.token'] }),
    })
    return {
      installation,
      kernel,
      stop: async () => {
        await kernel.stop()
        await installation.stop()
      },
    }
  } catch (error) {
    await installation.stop()
    throw error
  }
}
