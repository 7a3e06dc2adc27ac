import satisfies from 'semver/functions/satisfies.js'
import { startError } from '../errors.ts'
import { kernelVersion } from '../version.ts'

/**
 * Refuses a plugin that is made for another version of the kernel. It says which it works with where npm reads it as
 * well: the peers of its package.json. The whole house has one version, so a peer `@espalier/tracking` is compared with it too. A
 * plugin without such peers is of the house itself, and goes along with it.
 *
 * @param peers package → range, as package.json has them
 * @throws StartError
 */
export function refuseIncompatible(entry: string, peers: Readonly<Record<string, string>>): void {
  for (const [peer, range] of Object.entries(peers))
    if (peer.startsWith('@espalier/') && !satisfies(kernelVersion, range, { includePrerelease: true }))
      throw startError('PLUGIN_INCOMPATIBLE', entry, peer, range, kernelVersion)
}
