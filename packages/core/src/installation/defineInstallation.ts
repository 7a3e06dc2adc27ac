/** What an installation is made of: the default export of `espalier.config.ts`. */
export interface InstallationDefinition {
  /**
   * The plugins that run here, each as the name of its package, or as the path of its folder from the folder of this file
   * (`./plugins/loyalty`, `../espalier-referrals`). The server takes the package's default export, the web app its
   * `./admin` where it has one. Their order does not matter.
   */
  readonly plugins: readonly string[]
}

/**
 * Says what an installation is made of. It returns what it is given: it is there for its type.
 *
 * @example
 * export default defineInstallation({
 *   plugins: ['@espalier/tracking', '@espalier/experiments', '../espalier-referrals'],
 * })
 */
export function defineInstallation(definition: InstallationDefinition): InstallationDefinition {
  return definition
}
