import { hkdfSync } from 'node:crypto'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import type { z } from 'zod'
import { createKeyRing } from '../access/keyRing.ts'
import { Secrets } from '../access/secrets.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { SystemContext, WorkspaceContext } from '../context.ts'
import type { Database } from '../data/database.ts'
import { createLive } from '../live/createLive.ts'
import type { AnyPlugin, PluginHost } from '../plugin/definePlugin.ts'
import { type Random, systemRandom } from '../random.ts'
import { Contexts } from '../workspaceContext.ts'

/** What a plugin's host is made of. */
export interface TestHostOptions<Settings extends z.ZodObject> {
  settings: Settings
  /** What every workspace has set. Default: the schema's defaults. */
  values?: Partial<z.input<Settings>>
  clock?: Clock
  random?: Random
  /** Services of the plugins that this one requires, and of those that it works better with. */
  services?: ReadonlyMap<AnyPlugin, unknown>
  publicUrl?: string
}

/** A plugin's host without the rest of a kernel: real contexts, data and live topics, and ears on what leaves. */
export interface TestHost<Settings extends z.ZodObject>
  extends PluginHost<readonly AnyPlugin[], Settings, readonly AnyPlugin[]> {
  readonly published: { workspaceId: string; event: string; payload: unknown }[]
  readonly enqueued: { workspaceId: string; job: string; input: unknown }[]
  workspace(workspaceId: string): WorkspaceContext
  readonly system: SystemContext
}

/** Call it while the test file is being collected. */
export function testHost<Settings extends z.ZodObject>(
  db: Database,
  options: TestHostOptions<Settings>,
): TestHost<Settings> {
  const { clock = systemClock, random = systemRandom } = options
  const log = pino({ level: 'silent' })
  const live = createLive({ log })
  afterAll(() => live.close())
  const published: TestHost<Settings>['published'] = []
  const enqueued: TestHost<Settings>['enqueued'] = []
  const contexts = new Contexts({
    database: db,
    live,
    log,
    clock,
    random,
    enqueue: async (tx, job, input) => {
      enqueued.push({ workspaceId: tx.workspaceId, job: job.name, input })
      return null
    },
    publish: async (tx, event, payload) => {
      published.push({ workspaceId: tx.workspaceId, event: event.name, payload: event.payload.parse(payload) })
    },
    recordChanges: async () => {},
    committed: () => {},
  })
  return {
    published,
    enqueued,
    live,
    log,
    clock,
    random,
    cache: {
      getOrSet: (_workspaceId, _key, make) => make(),
      delete: async () => {},
      invalidate: async () => {},
    },
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:4000',
    production: false,
    resources: {},
    use: (plugin) => options.services?.get(plugin) as never,
    find: (plugin) => options.services?.get(plugin) as never,
    settings: async () => options.settings.parse(options.values ?? {}) as z.output<Settings>,
    settingsAtHand: () => options.settings.parse(options.values ?? {}) as z.output<Settings>,
    secrets: new Secrets(createKeyRing('secret of the tests')),
    deriveSecret: (purpose) => Buffer.from(hkdfSync('sha256', 'secret of the tests', '', purpose, 32)),
    publicEvents: new Map(),
    workspace: (workspaceId) => contexts.workspace(workspaceId, { type: 'system', name: 'test' }),
    system: contexts.system('test'),
  }
}
