import type { Logger } from 'pino'
import { Access } from '../access/access.ts'
import { recordChanges } from '../access/auditTrail.ts'
import { deleteWorkspaces, type Forgetting } from '../access/deleteWorkspaces.ts'
import { deleteExpiredSessions } from '../access/expiredSessions.ts'
import { createKeyRing } from '../access/keyRing.ts'
import { Secrets } from '../access/secrets.ts'
import { forgetOperations } from '../apiUse/forgetOperations.ts'
import { createCache } from '../cache/createCache.ts'
import { type Clock, systemClock } from '../clock.ts'
import { Database, type DatabaseOptions } from '../data/database.ts'
import type { ReadDatamodel } from '../data/reads/readModel.ts'
import { EventBus } from '../events/eventBus.ts'
import { publicEvents } from '../events/publicEvents.ts'
import { forgetIdempotencyKeys } from '../idempotency/forgetKeys.ts'
import { IdempotentMutations } from '../idempotency/idempotentMutations.ts'
import { jobFailed } from '../jobs/jobFailed.ts'
import { JobQueue, type RegisteredJob } from '../jobs/jobQueue.ts'
import { resourcesChanged, someChanged } from '../live/changes.ts'
import { createLive } from '../live/createLive.ts'
import { type Random, systemRandom } from '../random.ts'
import type { Furnished, NewInstallation } from '../setup/firstRun.ts'
import { Contexts } from '../workspaceContext.ts'
import type { AnyPlugin, Resources } from './definePlugin.ts'
import { Kernel } from './kernel.ts'
import { orderPlugins, switchOff } from './order.ts'
import { pluginFailure } from './pluginFailure.ts'
import { pluginHost } from './pluginHost.ts'
import { PluginSettings } from './pluginSettings.ts'

/** Plugins, a database and secrets: what a kernel is made of. */
export interface KernelOptions {
  readonly plugins: readonly AnyPlugin[]
  /** Names of plugins to leave out, with their types, jobs, routes and handlers. */
  readonly pluginsOff?: readonly string[]
  readonly database: Omit<DatabaseOptions, 'onError'>
  /** `getDatamodel()` of the generated prisma/generated/pothos.ts. */
  readonly datamodel: unknown
  readonly redisUrl?: string | undefined
  /** What sessions, tokens and sealed secrets derive from: the same on every start. At least 32 characters. */
  readonly secret: string
  /** Keys that third parties' secrets are sealed with, as {@link createKeyRing} reads them. Default: derived from `secret`. */
  readonly secretKeys?: string | undefined
  /** Where browsers reach this installation, without a trailing slash. */
  readonly publicUrl: string
  readonly trustedOrigins?: readonly string[]
  /** Default false. */
  readonly production?: boolean
  /** Puts something into what the first run of an installation makes. Default: it stays empty. */
  readonly furnish?: (kernel: Kernel, made: NewInstallation) => Promise<Furnished>
  /** What plugins may use beside the database. Default: nothing. */
  readonly resources?: Resources
  /** Days for which single operations of API keys are kept. Default 30. */
  readonly operationDays?: number | undefined
  /**
   * Builds the GraphQL schemas when somebody first asks, and finds mistakes in them then. For tests of what does without. Default: at
   * once, so that nothing starts with a schema that cannot be built.
   */
  readonly schemasWhenAsked?: boolean
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * Orders the plugins, sets them up and builds what they define. Nothing works yet: see {@link Kernel.start}.
 *
 * @throws StartError in one line for every misconfiguration
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const plugins = orderPlugins(switchOff(options.plugins, options.pluginsOff ?? []))
  const { log, redisUrl, clock = systemClock, random = systemRandom } = options
  const database = new Database({
    ...options.database,
    datamodel: (options.datamodel as { datamodel: ReadDatamodel }).datamodel,
    onError: (err) => log.warn({ err }, 'An idle database connection broke'),
  })
  const live = createLive({ redisUrl, log })
  const cache = createCache({ redisUrl, log, clock })
  try {
    const contexts = new Contexts({
      database,
      live,
      log,
      clock,
      random,
      enqueue: (db, job, input, enqueueOptions) => jobs.enqueue(db.workspaceId, db, job, input, enqueueOptions),
      publish: (db, event, payload) => events.publish(db, event, payload),
      committed: (db) => jobs.committed(db),
      recordChanges,
    })
    const settings = new PluginSettings(plugins)
    const keyRing = createKeyRing(options.secret, options.secretKeys)
    const told = publicEvents([
      { plugin: 'core', title: { en: 'Jobs', fr: 'Tâches' }, events: [jobFailed] },
      ...plugins.map(({ name, definition: { words, events = [] } }) => ({
        plugin: name,
        title: words?.title ?? { en: name, fr: name },
        events,
      })),
    ])
    const services = await setUp(plugins, {
      contexts,
      settings,
      live,
      cache,
      log,
      clock,
      random,
      publicUrl: options.publicUrl,
      production: options.production ?? false,
      resources: options.resources ?? {},
      secret: options.secret,
      keyRing,
      publicEvents: told,
    })
    const events = new EventBus({
      handlers: collect(plugins, services, 'on', 'handler'),
      listeners: plugins.flatMap(({ name, definition: { onPublic } }) =>
        onPublic ? [{ plugin: name, listener: onPublic, service: services.get(name) }] : [],
      ),
      publicEvents: told,
      database,
      queue: () => jobs,
      clock,
    })
    const registered: RegisteredJob[] = [
      { plugin: 'core', job: deleteExpiredSessions, service: undefined },
      { plugin: 'core', job: forgetIdempotencyKeys, service: undefined },
      { plugin: 'core', job: forgetOperations, service: { operationDays: options.operationDays ?? 30 } },
      { plugin: 'core', job: deleteWorkspaces, service: forgetting(plugins, services) },
      ...collect(plugins, services, 'jobs', 'job'),
      ...events.jobs(),
    ]
    const jobs: JobQueue = new JobQueue({
      database,
      jobs: registered,
      contexts,
      log,
      clock,
      failed: (db, failed) => events.publish(db, jobFailed, failed),
      // Some job, not which: a busy queue would name so many that every list of anything read itself again.
      changed: (workspaceId) => live.publish(workspaceId, resourcesChanged, 'all', someChanged('Job')),
    })
    const access = new Access({
      database,
      plugins: plugins.map(({ name, definition }) => ({
        name,
        permissions: definition.permissions ?? {},
        french: definition.words?.permissions ?? {},
      })),
      auditMasks: options.plugins.flatMap(({ definition }) => definition.auditMasks ?? []),
      secret: options.secret,
      publicUrl: options.publicUrl,
      trustedOrigins: options.trustedOrigins ?? [],
      clock,
      log,
      redisUrl,
      changed: (workspaceId, type) => live.publish(workspaceId, resourcesChanged, 'all', someChanged(type)),
    })
    const secrets = new Secrets(keyRing)
    const kernel = new Kernel({
      options,
      plugins,
      services,
      database,
      contexts,
      access,
      secrets,
      idempotency: new IdempotentMutations(keyRing),
      settings,
      jobs,
      live,
      cache,
      clock,
    })
    if (!kernel.schemasWhenAsked) kernel.buildSchemas()
    return kernel
  } catch (error) {
    await Promise.all([live.close(), cache.close(), database.close()])
    throw error
  }
}

/** All plugins that keep something of a workspace beside their tables. */
function forgetting(plugins: readonly AnyPlugin[], services: ReadonlyMap<string, unknown>): Forgetting {
  return {
    forget: async (context) => {
      for (const { name, definition } of plugins) await definition.forgetWorkspace?.(services.get(name), context)
    },
  }
}

/** Every plugin's service, made after those that it requires. */
async function setUp(
  plugins: readonly AnyPlugin[],
  parts: Omit<Parameters<typeof pluginHost>[1], 'services'>,
): Promise<Map<string, unknown>> {
  const services = new Map<string, unknown>()
  for (const plugin of plugins) {
    try {
      services.set(plugin.name, await plugin.definition.setup?.(pluginHost(plugin, { ...parts, services })))
    } catch (error) {
      throw pluginFailure('PLUGIN_SETUP_FAILED', plugin, error)
    }
  }
  return services
}

/** What the plugins bring of one kind, each with its plugin and service. */
function collect<Kind extends 'jobs' | 'on', Name extends string>(
  plugins: readonly AnyPlugin[],
  services: ReadonlyMap<string, unknown>,
  kind: Kind,
  name: Name,
) {
  type Item = NonNullable<AnyPlugin['definition'][Kind]>[number]
  return plugins.flatMap((plugin) =>
    ((plugin.definition[kind] ?? []) as readonly Item[]).map(
      (item) =>
        ({ plugin: plugin.name, service: services.get(plugin.name), [name]: item }) as {
          plugin: string
          service: unknown
        } & Record<Name, Item>,
    ),
  )
}
