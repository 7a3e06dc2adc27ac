import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { v7 as uuidv7 } from 'uuid'
import type { Role } from '../access/principal.ts'
import { jobSchema } from '../jobs/installation.ts'
import type { JobRunReport, JobsByHand } from '../jobs/jobsByHand.ts'
import { createKernel, type KernelOptions } from '../plugin/createKernel.ts'
import type { AnyPlugin, ServiceOf } from '../plugin/definePlugin.ts'
import type { Kernel } from '../plugin/kernel.ts'
import { type ServeOptions, serveKernel } from '../plugin/serveKernel.ts'
import type { Caller } from './caller.ts'
import { cloneDatabase, dropDatabase, newDatabase, type TestCluster } from './cluster.ts'
import { JobsFailed } from './jobsFailed.ts'
import { ManualTime } from './manualTime.ts'
import { createPerson } from './people.ts'
import { tablesOf } from './pluginTables.ts'
import { type LogLine, ServerLog } from './serverLog.ts'
import { templateFor } from './templates.ts'
import { type TestPerson, TestWorkspace } from './workspace.ts'

/** The plugins that a test is about, and the world around them. */
export interface TestAppOptions
  extends Partial<Pick<KernelOptions, 'random' | 'resources' | 'production' | 'publicUrl' | 'pluginsOff'>> {
  /** Those that a test is about. What they require comes along; what they merely work better with does not. */
  readonly plugins: readonly AnyPlugin[]
  /** When the test begins. Default 2026-01-01T00:00:00Z. */
  readonly now?: Date | string
  /** SQL that makes tables which no migration does. */
  readonly tables?: string
  /** How it is served: what else is mounted, and limits. Default: limits that no test reaches. */
  readonly serving?: ServeOptions
}

/**
 * A whole installation for a test, which stands still by itself: time moves when the test moves {@link clock}, jobs and handlers of
 * events run when it says {@link quiet}. Everything else is real: PostgreSQL, HTTP, roles, row level security.
 */
export class TestApp {
  /** What the installation reads the time from, its queue of jobs too. */
  readonly clock: ManualTime
  /** The first workspace; see {@link newWorkspace} for more. */
  readonly workspace: TestWorkspace
  /** Where it listens, on the loopback address. */
  readonly url: string
  readonly kernel: Kernel
  readonly #parts: Parts
  readonly #workspaces: TestWorkspace[] = []
  readonly #furnishings: ((workspace: TestWorkspace) => Promise<void>)[] = []
  readonly #closing: (() => void | Promise<void>)[] = []
  #ticked: Date
  #told: Date | undefined

  /** Use {@link TestApp.open}. */
  private constructor(parts: Parts, workspace: { id: string; slug: string }) {
    this.#parts = parts
    this.kernel = parts.kernel
    this.url = parts.url
    this.clock = parts.clock
    this.#ticked = parts.clock.now()
    this.workspace = this.#keep(workspace)
  }

  /** Use {@link bootApp}. */
  static async open(parts: Parts): Promise<TestApp> {
    return new TestApp(parts, await insertWorkspace(parts.kernel))
  }

  /** Warnings and errors that the server has logged. */
  get logged(): readonly LogLine[] {
    return this.#parts.log.lines
  }

  /** A new person with this role in {@link workspace}, or `anonymous`. See {@link TestWorkspace.as}. */
  as(role: Role | 'anonymous', person?: TestPerson): Promise<Caller> {
    return this.workspace.as(role, person)
  }

  /** An API key of {@link workspace} with these scopes. See {@link TestWorkspace.withKey}. */
  withKey(scopes: readonly `${string}:${string}`[]): Promise<Caller> {
    return this.workspace.withKey(scopes)
  }

  /** Another workspace, which sees nothing of the first. */
  async newWorkspace(name?: string): Promise<TestWorkspace> {
    const workspace = this.#keep(await insertWorkspace(this.kernel, name))
    for (const furnish of this.#furnishings) await furnish(workspace)
    return workspace
  }

  /** Does something in each workspace, those that are made later included: sets up a service that the test plays. */
  async eachWorkspace(furnish: (workspace: TestWorkspace) => Promise<void>): Promise<void> {
    this.#furnishings.push(furnish)
    for (const workspace of this.#workspaces) await furnish(workspace)
  }

  /** What a plugin's `setup` returned. @throws StartError for a plugin that is not here */
  service<P extends AnyPlugin>(plugin: P): ServiceOf<P> {
    return this.kernel.service(plugin)
  }

  /**
   * Runs jobs and handlers of events until nothing is left that is due by {@link clock}, one after another. Schedules that have come due
   * since the last time run once each, however often they did; move the clock in steps to see every one. A failed attempt is due again
   * when its pause is over.
   *
   * @param mayFail returns failures with the other runs instead of throwing them
   * @param most runs, before it gives up. Default 10,000
   * @returns every run, in its order
   * @throws JobsFailed with the stack of each
   */
  async quiet({ mayFail = false, most }: { mayFail?: boolean; most?: number } = {}): Promise<JobRunReport[]> {
    await this.#tellTime()
    const now = this.clock.now()
    await this.#parts.jobs.tick(this.#ticked, now)
    this.#ticked = now
    const runs = await this.#parts.jobs.run({ ...(most !== undefined && { most }) })
    if (!mayFail && runs.some((run) => 'error' in run)) throw new JobsFailed(runs)
    return runs
  }

  /** Does something when the test file has ended, before the installation stops: closes a server that the test plays. */
  beforeClose(work: () => void | Promise<void>): void {
    this.#closing.push(work)
  }

  /** Ends it, and drops its database. */
  async close(): Promise<void> {
    for (const work of this.#closing.splice(0).reverse()) await work()
    await this.#parts.close()
  }

  #keep(made: { id: string; slug: string }): TestWorkspace {
    const { kernel, url, log } = this.#parts
    const workspace = new TestWorkspace(made, kernel, {
      url,
      log,
      origin: kernel.publicUrl,
      before: () => this.#tellTime(),
    })
    this.#workspaces.push(workspace)
    return workspace
  }

  /** Tells the queue what time it is, where that has changed. */
  async #tellTime(): Promise<void> {
    const now = this.clock.now()
    if (this.#told?.getTime() === now.getTime()) return
    this.#told = now
    await this.kernel.database.system.query({
      text: `update ${jobSchema}.test_clock set "now" = $1`,
      values: [now],
    })
  }
}

interface Parts {
  readonly kernel: Kernel
  readonly url: string
  readonly clock: ManualTime
  readonly jobs: JobsByHand
  readonly log: ServerLog
  readonly close: () => Promise<void>
}

/**
 * Boots an installation on a database of its own.
 *
 * @throws StartError as a start does; RangeError for a `now` that is no instant
 * @param measured hears of each phase, in milliseconds
 */
export async function bootApp(
  cluster: TestCluster,
  options: TestAppOptions,
  measured: (phase: string, milliseconds: number) => void = () => {},
): Promise<TestApp> {
  const { plugins, now = '2026-01-01T00:00:00Z', tables, serving, ...rest } = options
  const all = withRequired(plugins)
  const clock = new ManualTime(instant(now))
  const log = new ServerLog()
  const { name, urls } = newDatabase(cluster)
  const timed = async <Result>(phase: string, work: () => Promise<Result>): Promise<Result> => {
    const begin = performance.now()
    const result = await work()
    measured(phase, performance.now() - begin)
    return result
  }
  // PostgreSQL copies while this process puts the kernel together, which reads nothing before it starts.
  const [kernel, cloned] = await Promise.allSettled([
    timed('kernel', () =>
      createKernel({
        plugins: all,
        database: {
          appUrl: urls.app,
          systemUrl: urls.system,
          prisma: PrismaClient as never,
          poolSize: 4,
          systemPoolSize: 4,
        },
        datamodel: getDatamodel(),
        secret: 'a secret of the tests, long enough to be one',
        publicUrl: 'http://espalier.test',
        schemasWhenAsked: true,
        log: log.logger,
        clock,
        ...rest,
      }),
    ),
    timed('database', async () =>
      cloneDatabase(cluster, name, await templateFor(cluster, await tablesOf(all, tables))),
    ),
  ])
  const stop = async () => {
    if (kernel.status === 'fulfilled') await kernel.value.stop()
    await dropDatabase(cluster, name)
  }
  const failed = [kernel, cloned].find((end) => end.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return open((kernel as PromiseFulfilledResult<Kernel>).value, { clock, log, serving, stop, timed })
}

async function open(
  kernel: Kernel,
  { clock, log, serving, stop, timed }: Pick<Parts, 'clock' | 'log'> & Opening,
): Promise<TestApp> {
  try {
    await timed('start', async () => {
      const { system } = kernel.database
      await system.query({ text: `insert into ${jobSchema}.test_clock values ($1)`, values: [clock.now()] })
      await kernel.start({ work: false })
    })
    return await timed('server', async () => {
      // Limits are the subject of tests of their own.
      const http = serveKernel(kernel, {
        trustProxy: 1,
        rateLimits: { anonymous: { points: 100_000, seconds: 60 }, apiKey: { points: 100_000, seconds: 60 } },
        ...serving,
      })
      const url = await http.listen(0, '127.0.0.1')
      const close = async () => {
        await http.close()
        await stop()
      }
      return TestApp.open({ kernel, clock, log, url, close, jobs: kernel.jobs.byHand() })
    })
  } catch (error) {
    await stop()
    throw error
  }
}

interface Opening {
  readonly serving: ServeOptions | undefined
  readonly stop: () => Promise<void>
  readonly timed: <Result>(phase: string, work: () => Promise<Result>) => Promise<Result>
}

async function insertWorkspace(kernel: Kernel, name = 'Test'): Promise<{ id: string; slug: string }> {
  const ownerId = await createPerson(kernel)
  const slug = `w-${uuidv7()}`
  const { id } = await kernel.access.createWorkspace({ name, slug, ownerId })
  return { id, slug }
}

function instant(now: Date | string): Date {
  const date = new Date(now)
  if (Number.isNaN(date.getTime()))
    throw new RangeError(`testApp: "${now}" is no instant. Say when the test begins as "2026-03-01T09:00:00Z".`)
  return date
}

/** The plugins and all that they require, each once. */
function withRequired(plugins: readonly AnyPlugin[]): AnyPlugin[] {
  const all = new Set<AnyPlugin>()
  const add = (plugin: AnyPlugin) => {
    if (all.has(plugin)) return
    all.add(plugin)
    for (const required of plugin.definition.requires ?? []) add(required)
  }
  for (const plugin of plugins) add(plugin)
  return [...all]
}
