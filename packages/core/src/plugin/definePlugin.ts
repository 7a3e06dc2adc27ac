import type { Logger } from 'pino'
import type { z } from 'zod'
import type { AuditMask } from '../access/auditMasks.ts'
import type { PermissionDeclaration } from '../access/permissions.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Awaitable } from '../awaitable.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { SqlContext, SystemContext, WorkspaceContext } from '../context.ts'
import type { EventDefinition, EventHandler, PublicListener } from '../events/defineEvent.ts'
import type { PublicEvent } from '../events/publicEvents.ts'
import type { HealthCheck } from '../health/reading.ts'
import type { PluginCounter } from '../http/collectors.ts'
import type { Route } from '../http/route.ts'
import type { JobDefinition } from '../jobs/defineJob.ts'
import type { LimitDefinition, LimitReading } from '../limits/limit.ts'
import type { Live } from '../live/topic.ts'
import type { Random } from '../random.ts'
import type { Permission } from '../schema/authorization.ts'
import type { Builder } from '../schema/builder.ts'
import type { ApiExample } from '../schema/serve/apiExamples.ts'
import type { KeptElsewhere } from './keptElsewhere.ts'
import type { PluginWords } from './pluginWords.ts'

/**
 * One branch of the product. Everything but the name is optional; each part gets the plugin's own service
 * (what `setup` returned) as its last argument, so no file needs to import the plugin that it belongs to.
 *
 * @example
 * export default definePlugin({
 *   name: 'experiments',
 *   requires: [tracking],
 *   permissions: { 'experiments:read': 'See experiments and results', 'experiments:write': 'Create, start and stop experiments' },
 *   settings: z.object({ confidence: z.number().min(0.5).max(0.999).default(0.95) }),
 *   setup: ({ use, settings }) => new Experiments(use(tracking), settings),
 *   schema: [experimentTypes],
 *   jobs: [analyzeExperiments],
 *   on: [when(goalReached, countConversion)],
 *   routes: [get('/x/:id', { access: 'anonymous' }, serve)],
 * })
 */
export interface PluginDefinition<
  Requires extends readonly AnyPlugin[],
  Settings extends z.ZodObject,
  Service,
  Optional extends readonly AnyPlugin[] = readonly [],
> {
  /** Lower-case words joined by hyphens; also the prefix of its permissions, jobs, events and topics. */
  name: string
  /** The plugins whose services `setup` may `use`. They start before this one and stop after it. */
  requires?: Requires
  /**
   * Plugins that it works better with, and works without. Those that are there start before it, and `setup` may `find`
   * their services.
   */
  optional?: Optional
  /**
   * Permission → what it allows, in words. `x:read` goes to viewers, `x:write` to editors, others to admins. One that opens
   * personal data says so, `{ allows: '…', personal: true }`, and never goes to viewers.
   */
  permissions?: Record<`${string}:${string}`, PermissionDeclaration>
  /** Fields of its resources that hold what not everybody who reads the audit trail may see. Also of entries from before. */
  auditMasks?: readonly AuditMask[]
  /** What a workspace may set. Every field needs a default, so that a new workspace is valid. */
  settings?: Settings
  /** What it, its settings and its permissions are called in the web app. Without it the names in code stand in. */
  words?: PluginWords<Settings>
  /** What changing them takes beside `settings:write`, where that is too little: settings that say what money may be spent. */
  settingsPermission?: Permission
  /** Makes the service. It must not do work yet: that is `start`'s. */
  setup?: (host: PluginHost<Requires, Settings, Optional>) => Service | Promise<Service>
  /**
   * Folder of the tables that it brings, for a plugin outside of the repository: `<timestamp>_<name>/migration.sql`, each
   * applied once, before the plugin starts, in a transaction that the kernel opens.
   *
   * @example migrations: new URL('../migrations/', import.meta.url)
   */
  migrations?: URL
  /** GraphQL types and fields. */
  schema?: readonly ((builder: Builder, service: Service) => void)[]
  // biome-ignore lint/suspicious/noExplicitAny: jobs with inputs of any type stand side by side
  jobs?: readonly JobDefinition<any, Service>[]
  /** Handlers of domain events, its own and other plugins'. */
  // biome-ignore lint/suspicious/noExplicitAny: events with payloads of any type stand side by side
  on?: readonly EventHandler<any, Service>[]
  /** Its public events: those that other systems may hear of. An event of the house alone is in no list. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  events?: readonly EventDefinition<any>[]
  /** Hears the public events of all plugins. */
  onPublic?: PublicListener<Service>
  routes?: readonly Route<Service>[]
  /** Operations that show what it is for: GraphiQL has them at hand, by plugin. */
  examples?: readonly ApiExample[]
  /** What it counts, for Prometheus. */
  counters?: readonly PluginCounter<Service>[]
  /** How its part of the installation is, for the page of health; keys begin with the plugin's name. */
  health?: readonly PluginHealthCheck<Service>[]
  /**
   * What it may be used for at most, for the page of limits: each is read where somebody looks. Keys begin with the plugin's name.
   */
  limits?: readonly PluginLimit<Service>[]
  /**
   * Removes what it keeps of a workspace beside its tables: files, objects. For a workspace that was deleted, before its rows
   * go; twice must do no harm.
   */
  forgetWorkspace?: (service: Service, context: WorkspaceContext) => Promise<void>
  /** What it keeps outside of the database and of the data folder, for backups: nothing else of the plugin runs then. */
  keptElsewhere?: (resources: Resources) => readonly KeptElsewhere[]
  /** Begins work: timers, caches, partitions. Runs after every plugin that it requires has started. */
  start?: (service: Service, system: SystemContext) => void | Promise<void>
  /** Ends work and flushes what is buffered. Runs before those of the plugins that it requires. */
  stop?: (service: Service) => void | Promise<void>
}

/** A part that a plugin answers for. What `read` throws, or does not answer within 3 s, counts as down. */
export interface PluginHealthCheck<Service> extends Pick<HealthCheck, 'key' | 'title'> {
  readonly read: (service: Service, system: SystemContext) => ReturnType<HealthCheck['read']>
}

/** A limit of a plugin's. What `read` throws, or does not answer within 3 s, is shown as unknown. */
export interface PluginLimit<Service> extends Omit<LimitDefinition, 'read'> {
  readonly read: (service: Service, context: WorkspaceContext) => Awaitable<LimitReading | readonly LimitReading[]>
}

/** What an installation has beside its database. Each part may be missing: say so where it is needed. */
export interface Resources {
  /** Absolute path of a folder that outlives the process, for files that plugins keep. */
  readonly dataFolder?: string | undefined
  /** An S3-compatible store for uploaded files: `https://<key id>:<secret>@<endpoint>/<bucket>?region=<region>`. */
  readonly fileStore?: string | undefined
  /** A ClickHouse that keeps logs of single events: `http://<user>:<password>@<host>:<port>/<database>`. Undefined: PostgreSQL does. */
  readonly eventStore?: string | undefined
  /** Days for which logs of single events are kept. Undefined: for ever. */
  readonly eventRetentionDays?: number | undefined
  /** Path of a file in MaxMind's format with the countries of addresses, in place of the one that plugins bring. */
  readonly countryDatabase?: string | undefined
  /** Path of a Chromium that pages may be looked at with. */
  readonly chromium?: string | undefined
  /** Networks that are not public, as CIDR, into which addresses that people write may lead all the same. */
  readonly privateNetworks?: readonly string[] | undefined
}

/** What `setup` gets from the kernel. */
export interface PluginHost<
  Requires extends readonly AnyPlugin[] = readonly [],
  Settings extends z.ZodObject = z.ZodObject,
  Optional extends readonly AnyPlugin[] = readonly [],
> {
  /** The service of a plugin that this one requires. Any other does not compile. */
  use<Required extends Requires[number]>(plugin: Required): ServiceOf<Required>
  /** The service of an optional plugin; undefined where the installation runs without it. Any other does not compile. */
  find<Wanted extends Optional[number]>(plugin: Wanted): ServiceOf<Wanted> | undefined
  /** This plugin's settings in a workspace, with defaults filled in. Cached; changed ones arrive within a second. */
  settings(context: SqlContext): Promise<z.output<Settings>>
  /** The same without a promise where they are known, for what every visit asks. */
  settingsAtHand(context: SqlContext): Awaitable<z.output<Settings>>
  readonly live: Live
  readonly cache: Cache
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  /** Where browsers reach this installation, without a trailing slash. */
  readonly publicUrl: string
  /** True in production: errors are masked, introspection is off. */
  readonly production: boolean
  /** What of this machine, and beside it, plugins may use. */
  readonly resources: Resources
  /** Derives a secret of 32 bytes for a purpose of this plugin's, the same on every start. */
  deriveSecret(purpose: string): Buffer
  /** What workspaces entrust to this plugin: a mail provider's key, a webhook's token. Sealed at rest. */
  readonly secrets: Secrets
  /** What the plugins of this installation tell other systems, by name. */
  readonly publicEvents: ReadonlyMap<string, PublicEvent>
  /** Works in a workspace on behalf of the system: for anonymous traffic and background work. */
  workspace(workspaceId: string): WorkspaceContext
  /** The second door, across workspaces. Say why where you use it. */
  readonly system: SystemContext
}

/** A defined plugin, as a value that others require and the server lists. */
export interface Plugin<Service = unknown, Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly definition: PluginDefinition<readonly AnyPlugin[], Settings, Service, readonly AnyPlugin[]>
  /** Carries the type of the service; never set. */
  readonly '~service'?: Service
}

/** A plugin, whatever its service and settings are. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where services of any type stand side by side
export type AnyPlugin = Plugin<any, any>

/** The type of a plugin's service: what its `setup` returns. */
export type ServiceOf<P> = P extends { readonly '~service'?: infer Service } ? Exclude<Service, undefined> : never

/** Defines a plugin: the default export of its package. */
export function definePlugin<
  const Requires extends readonly AnyPlugin[] = readonly [],
  Settings extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Service = undefined,
  const Optional extends readonly AnyPlugin[] = readonly [],
>(definition: PluginDefinition<Requires, Settings, Service, Optional>): Plugin<Service, Settings> {
  return { name: definition.name, definition: definition as unknown as Plugin<Service, Settings>['definition'] }
}
