import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import type { Secrets } from '../access/secrets.ts'
import { OperationLog } from '../apiUse/operationLog.ts'
import type { ClosableCache } from '../cache/createCache.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../data/database.ts'
import { startError } from '../errors.ts'
import { kernelChecks } from '../health/kernelChecks.ts'
import { SystemHealth } from '../health/systemHealth.ts'
import { pluginMetrics } from '../http/collectors.ts'
import type { MetricsCollector } from '../http/metrics.ts'
import type { ServedRoute } from '../http/routes.ts'
import type { IdempotentMutations } from '../idempotency/idempotentMutations.ts'
import type { JobQueue } from '../jobs/jobQueue.ts'
import { Limits } from '../limits/limits.ts'
import type { ClosableLive } from '../live/createLive.ts'
import { buildSchemas, type Schemas } from '../schema/buildSchemas.ts'
import { examplesFor, type PluginExample } from '../schema/serve/apiExamples.ts'
import type { SchemaName } from '../schema/serve/observation.ts'
import { FirstRun } from '../setup/firstRun.ts'
import { brokenDocumentsCheck } from '../trustedDocuments/brokenDocumentsCheck.ts'
import { TrustedDocuments } from '../trustedDocuments/trustedDocuments.ts'
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
  readonly firstRun: FirstRun
  readonly settings: PluginSettings
  readonly jobs: JobQueue
  readonly live: ClosableLive
  readonly cache: ClosableCache
  readonly clock: Clock
  readonly log: Logger
  readonly redisUrl: string | undefined
  readonly publicUrl: string
  readonly production: boolean
  /** Whether schemas are built with the first request for them. */
  readonly schemasWhenAsked: boolean
  readonly routes: readonly ServedRoute[]
  readonly collectors: readonly MetricsCollector[]
  /** What GraphiQL shows of the plugins, by schema. */
  readonly examples: (schema: SchemaName) => readonly PluginExample[]
  readonly operationLog: OperationLog
  readonly trustedDocuments: TrustedDocuments
  readonly health: SystemHealth
  readonly limits: Limits
  readonly idempotency: IdempotentMutations
  readonly #makeSchemas: () => Schemas
  #schemas: Schemas | undefined
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
    const { furnish } = options
    this.firstRun = new FirstRun({
      access: parts.access,
      secret: options.secret,
      furnish: furnish && ((made) => furnish(this, made)),
      log: options.log,
    })
    this.#secrets = parts.secrets
    this.idempotency = parts.idempotency
    this.settings = parts.settings
    this.jobs = parts.jobs
    this.live = parts.live
    this.cache = parts.cache
    this.clock = parts.clock
    this.log = options.log
    this.redisUrl = options.redisUrl
    this.publicUrl = options.publicUrl
    this.production = options.production ?? false
    this.schemasWhenAsked = options.schemasWhenAsked ?? false
    this.#services = services
    this.routes = plugins.flatMap(({ name, definition }) =>
      (definition.routes ?? []).map((route) => ({ plugin: name, route, service: services.get(name) })),
    )
    this.collectors = plugins.flatMap(({ name, definition }) =>
      (definition.counters ?? []).map((counter) => pluginMetrics(counter, services.get(name))),
    )
    this.examples = oncePerSchema((name) => examplesFor(plugins, name, this.schemas[name]))
    const onBehalf = (name: string) => (workspaceId: string) =>
      this.contexts.workspace(workspaceId, { type: 'system', name })
    this.operationLog = new OperationLog({ workspace: onBehalf('operation log'), clock: parts.clock, log: options.log })
    this.trustedDocuments = new TrustedDocuments(() => this.schemas, onBehalf('trusted documents'))
    this.health = new SystemHealth(
      [
        ...kernelChecks({ system: this.database.system, pools: this.database.pools, redisUrl: options.redisUrl }),
        brokenDocumentsCheck(this.trustedDocuments, this.database.system),
        ...plugins.flatMap(({ name, definition }) =>
          (definition.health ?? []).map(({ key, title, read }) => ({
            key,
            title,
            read: () => read(services.get(name), this.contexts.system(name)),
          })),
        ),
      ],
      this,
    )
    this.limits = new Limits(
      plugins.flatMap(({ name, definition }) =>
        (definition.limits ?? []).map((limit) => ({
          ...limit,
          plugin: name,
          read: (context) => limit.read(services.get(name), context),
        })),
      ),
      this.log,
    )
    this.#makeSchemas = () =>
      buildSchemas({
        plugins,
        services,
        datamodel: options.datamodel,
        kernelTypes: kernelTypes(this),
        kernelPermissions: parts.access.permissions.declared.keys(),
      })
  }

  get schemas(): Schemas {
    return this.buildSchemas()
  }

  /** The schemas, built once. @throws StartError for types that do not stand side by side */
  buildSchemas(): Schemas {
    this.#schemas ??= this.#makeSchemas()
    return this.#schemas
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
    await this.operationLog.flush()
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

function oncePerSchema<Value>(make: (name: SchemaName) => Value): (name: SchemaName) => Value {
  const made = new Map<SchemaName, Value>()
  return (name) => {
    const known = made.get(name) ?? make(name)
    made.set(name, known)
    return known
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
  readonly idempotency: IdempotentMutations
  readonly settings: PluginSettings
  readonly jobs: JobQueue
  readonly live: ClosableLive
  readonly cache: ClosableCache
  readonly clock: Clock
}
