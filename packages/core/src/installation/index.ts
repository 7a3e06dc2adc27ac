/** What `espalier.config.ts` and whoever reads it use: light, for it is loaded before anything else. */
export { defineInstallation, type InstallationDefinition } from './defineInstallation.ts'
export { isLent } from './lendPackages.ts'
export { type InstallationFile, type InstalledPlugin, readInstallation } from './readInstallation.ts'
