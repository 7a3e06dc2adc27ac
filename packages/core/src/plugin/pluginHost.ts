import { hkdfSync } from 'node:crypto'
import type { Logger } from 'pino'
import type { KeyRing } from '../access/keyRing.ts'
import { Secrets } from '../access/secrets.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import { startError } from '../errors.ts'
import type { PublicEvent } from '../events/publicEvents.ts'
import type { Live } from '../live/topic.ts'
import type { Random } from '../random.ts'
import type { Contexts } from '../workspaceContext.ts'
import type { AnyPlugin, PluginHost, Resources } from './definePlugin.ts'
import type { PluginSettings } from './pluginSettings.ts'

/** What every plugin's host shares. */
export interface HostParts {
  readonly contexts: Contexts
  readonly settings: PluginSettings
  readonly services: ReadonlyMap<string, unknown>
  readonly live: Live
  readonly cache: Cache
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  readonly publicUrl: string
  readonly production: boolean
  readonly resources: Resources
  readonly secret: string
  readonly keyRing: KeyRing
  readonly publicEvents: ReadonlyMap<string, PublicEvent>
}

/** What one plugin's `setup` gets. */
export function pluginHost(
  { name, definition }: AnyPlugin,
  parts: HostParts,
): PluginHost<readonly AnyPlugin[], never, readonly AnyPlugin[]> {
  const log = parts.log.child({ plugin: name })
  const principal = { type: 'system', name } as const
  return {
    use: (required) => {
      if (!definition.requires?.includes(required))
        throw startError(
          'PLUGIN_DEFECT',
          name,
          'setup',
          `uses "${required.name}", which it does not require. Add it to "requires".`,
        )
      return parts.services.get(required.name) as never
    },
    find: (wanted) => {
      if (!definition.optional?.includes(wanted))
        throw startError(
          'PLUGIN_DEFECT',
          name,
          'setup',
          `looks for "${wanted.name}", which is not among its optional plugins. Add it to "optional".`,
        )
      return parts.services.get(wanted.name) as never
    },
    settings: async (context) => (await parts.settings.read(context, name)) as never,
    settingsAtHand: (context) => parts.settings.read(context, name) as never,
    live: parts.live,
    cache: parts.cache,
    log,
    clock: parts.clock,
    random: parts.random,
    publicUrl: parts.publicUrl,
    production: parts.production,
    resources: parts.resources,
    deriveSecret: (purpose) => Buffer.from(hkdfSync('sha256', parts.secret, '', `plugin ${name}: ${purpose}`, 32)),
    secrets: new Secrets(parts.keyRing, name),
    publicEvents: parts.publicEvents,
    workspace: (workspaceId) => parts.contexts.workspace(workspaceId, principal, log),
    system: parts.contexts.system(name, log),
  }
}
