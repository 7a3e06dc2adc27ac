import type { Resources } from '@espalier/core'
import type { Settings } from './settings.ts'

/** What the settings give plugins to use beside the database. */
export function resourcesOf(settings: Settings): Resources {
  return {
    dataFolder: settings.dataFolder,
    fileStore: settings.fileStore,
    eventStore: settings.eventStore,
    eventRetentionDays: settings.eventRetentionDays,
    countryDatabase: settings.countryDatabase,
    privateNetworks: settings.privateNetworks,
    chromium: settings.chromium,
  }
}
