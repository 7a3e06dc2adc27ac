import type { Logger } from 'pino'
import { Access } from '../access/access.ts'
import { recordChanges } from '../access/auditTrail.ts'
import { deleteExpiredSessions } from '../access/expiredSessions.ts'
import { createKeyRing } from '../access/keyRing.ts'
import { Secrets } from '../access/secrets.ts'
import { type ClosableCache, createCache } from '../cache/createCache.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { SqlDb } from '../data/database.ts'
import { Database, type DatabaseOptions } from '../data/database.ts'
import { StartError, startError } from '../errors.ts'
import { EventBus } from '../events/eventBus.ts'
import { pluginMetrics } from '../http/collectors.ts'
import type { MetricsCollector } from '../http/metrics.ts'
import type { ServedRoute } from '../http/routes.ts'
import { JobQueue, type RegisteredJob } from '../jobs/jobQueue.ts'
import { type ClosableLive, createLive } from '../live/createLive.ts'
import { type Random, systemRandom } from '../random.ts'
import { buildSchemas, type Schemas } from '../schema/buildSchemas.ts'
import { Contexts } from '../workspaceContext.ts'
import type { AnyPlugin, Resources, ServiceOf } from './definePlugin.ts'
import { kernelTypes } from './kernelTypes.ts'
import { orderPlugins, switchOff } from './order.ts'
import { pluginHost } from './pluginHost.ts'
import { PluginSettings } from './pluginSettings.ts'

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
  /** What plugins may use beside the database. Default: nothing. */
  readonly resources?: Resources
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: Random
}

/** Plugins at work on a database. Several kernels may live in one process: nothing here is global. */
export class Kernel {
  /** In the order in which they start. */
  readonly plugins: readonly AnyPlugin[]
  readonly database: Database
  readonly contexts: Contexts
  readonly access: Access
  readonly settings: PluginSettings
  readonly jobs: JobQueue
  readonly live: ClosableLive
  readonly cache: ClosableCache
  readonly clock: Clock
  readonly log: Logger
  readonly redisUrl: string | undefined
  readonly publicUrl: string
  readonly production: boolean
  readonly routes: readonly ServedRoute[]
  readonly collectors: readonly MetricsCollector[]
  readonly schemas: Schemas
  readonly #secrets: Secrets
  readonly #services: ReadonlyMap<string, unknown>
  readonly #started: AnyPlugin[] = []
  #stopping: Promise<void> | undefined

  /** Use {@link createKernel}. */
  constructor(parts: KernelParts) {
    const { options, plugins, services } = parts
    this.plugins = plugins
    this.database = parts.database
    this.contexts = parts.contexts
    this.access = parts.access
    this.#secrets = parts.secrets
    this.settings = parts.settings
    this.jobs = parts.jobs
    this.live = parts.live
    this.cache = parts.cache
    this.clock = parts.clock
    this.log = options.log
    this.redisUrl = options.redisUrl
    this.publicUrl = options.publicUrl
    this.production = options.production ?? false
    this.#services = services
    this.routes = plugins.flatMap(({ name, definition }) =>
      (definition.routes ?? []).map((route) => ({ plugin: name, route, service: services.get(name) })),
    )
    this.collectors = plugins.flatMap(({ name, definition }) =>
      (definition.counters ?? []).map((counter) => pluginMetrics(counter, services.get(name))),
    )
    this.schemas = buildSchemas({
      plugins,
      services,
      datamodel: options.datamodel,
      kernelTypes: kernelTypes(this),
      kernelPermissions: parts.access.permissions.declared.keys(),
    })
  }

  /** A plugin's service. @throws when it is not among this kernel's plugins */
  service<P extends AnyPlugin>(plugin: P): ServiceOf<P> {
    if (!this.plugins.includes(plugin)) throw startError('PLUGIN_MISSING', 'kernel', plugin.name)
    return this.#services.get(plugin.name) as ServiceOf<P>
  }

  /**
   * Connects what is outside, starts every plugin after those that it requires, then the jobs.
   *
   * @param work whether this process also runs jobs
   * @throws StartError; what had started by then is stopped again
   */
  async start({ work }: { work: boolean }): Promise<void> {
    try {
      await Promise.all([this.live.ready, this.cache.ready])
      await this.#secrets.rotateEverywhere(this.contexts.system('secrets'))
      await this.jobs.open()
      for (const plugin of this.plugins) {
        await this.#begin(plugin)
        this.#started.push(plugin)
      }
      await this.jobs.start({ work })
    } catch (error) {
      await this.stop().catch(() => {})
      throw error
    }
  }

  /**
   * Ends jobs, then plugins in reverse, then connections; once, however often it is asked to. A plugin that fails to
   * stop does not keep the rest.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    await this.jobs.stopWork()
    for (const plugin of this.#started.splice(0).reverse()) await this.#end(plugin)
    // What plugins flushed at their end may have put on queues, so these close after them.
    await this.jobs.stop()
    await this.access.close()
    await this.live.close()
    await this.cache.close()
    await this.database.close()
  }

  async #begin(plugin: AnyPlugin): Promise<void> {
    try {
      await plugin.definition.start?.(this.#services.get(plugin.name), this.contexts.system(plugin.name))
    } catch (error) {
      throw failure('PLUGIN_START_FAILED', plugin, error)
    }
  }

  async #end(plugin: AnyPlugin): Promise<void> {
    try {
      await plugin.definition.stop?.(this.#services.get(plugin.name))
    } catch (error) {
      this.log.error({ err: error, plugin: plugin.name }, 'Plugin failed to stop')
    }
  }
}

interface KernelParts {
  readonly options: KernelOptions
  readonly plugins: readonly AnyPlugin[]
  readonly services: ReadonlyMap<string, unknown>
  readonly database: Database
  readonly contexts: Contexts
  readonly access: Access
  readonly secrets: Secrets
  readonly settings: PluginSettings
  readonly jobs: JobQueue
  readonly live: ClosableLive
  readonly cache: ClosableCache
  readonly clock: Clock
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
      committed: (db: SqlDb) => jobs.committed(db),
      recordChanges,
    })
    const settings = new PluginSettings(plugins)
    const keyRing = createKeyRing(options.secret, options.secretKeys)
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
    })
    const events = new EventBus({
      handlers: collect(plugins, services, 'on', 'handler'),
      database,
      queue: () => jobs,
      clock,
    })
    const registered: RegisteredJob[] = [
      { plugin: 'core', job: deleteExpiredSessions, service: undefined },
      ...collect(plugins, services, 'jobs', 'job'),
      ...events.jobs(),
    ]
    const jobs: JobQueue = new JobQueue({ database, jobs: registered, contexts, log, clock })
    const access = new Access({
      database,
      plugins: plugins.map(({ name, definition }) => ({ name, permissions: definition.permissions ?? {} })),
      secret: options.secret,
      publicUrl: options.publicUrl,
      trustedOrigins: options.trustedOrigins ?? [],
      clock,
      log,
      redisUrl,
    })
    const secrets = new Secrets(keyRing)
    return new Kernel({
      options,
      plugins,
      services,
      database,
      contexts,
      access,
      secrets,
      settings,
      jobs,
      live,
      cache,
      clock,
    })
  } catch (error) {
    await Promise.all([live.close(), cache.close(), database.close()])
    throw error
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
      throw failure('PLUGIN_SETUP_FAILED', plugin, error)
    }
  }
  return services
}

function failure(code: 'PLUGIN_SETUP_FAILED' | 'PLUGIN_START_FAILED', plugin: AnyPlugin, error: unknown): StartError {
  if (error instanceof StartError) return error
  const found = startError(code, plugin.name, error instanceof Error ? error.message : String(error))
  return new StartError(found.code, found.message, { cause: error })
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
