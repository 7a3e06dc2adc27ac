import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import type { Secrets } from '../access/secrets.ts'
import type { ClosableCache } from '../cache/createCache.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../data/database.ts'
import { startError } from '../errors.ts'
import { pluginMetrics } from '../http/collectors.ts'
import type { MetricsCollector } from '../http/metrics.ts'
import type { ServedRoute } from '../http/routes.ts'
import type { JobQueue } from '../jobs/jobQueue.ts'
import type { ClosableLive } from '../live/createLive.ts'
import { buildSchemas, type Schemas } from '../schema/buildSchemas.ts'
import type { Contexts } from '../workspaceContext.ts'
import type { KernelOptions } from './createKernel.ts'
import type { AnyPlugin, ServiceOf } from './definePlugin.ts'
import { kernelTypes } from './kernelTypes.ts'
import { pluginFailure } from './pluginFailure.ts'
import type { PluginSettings } from './pluginSettings.ts'

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
      throw pluginFailure('PLUGIN_START_FAILED', plugin, error)
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

/** What {@link createKernel} has made. */
export interface KernelParts {
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
