import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasRedis, TestRedis } from '@espalier/core/testing'
import { freePort } from '../../packages/core/src/testing/freePort.ts'
import { type CliRun, runCli } from '../../packages/server/test/e2e/product.ts'
import { Balancer } from './balancer.ts'
import { FaultPostgres, type FaultPostgresOptions } from './postgres.ts'

/**
 * `one`: one process that serves and works, on its PostgreSQL. `two`: two servers and two workers on one PostgreSQL and one Redis.
 * Both are reached through the balancer.
 */
export type Topology = 'one' | 'two'

/** The topologies that can be had here: without a Redis, only one process. */
export const topologies: readonly Topology[] = hasRedis() ? ['one', 'two'] : ['one']

/** For the table of faults. */
export const inWords: Readonly<Record<Topology, string>> = {
  one: 'one process',
  two: 'two servers and two workers',
}

export interface InstallationOptions {
  readonly topology: Topology
  readonly postgres?: FaultPostgresOptions
  /** Settings of every process, beside its own. */
  readonly env?: Record<string, string>
}

/** The product as it runs in production: its own processes on a real PostgreSQL and a real Redis, behind a balancer. */
export class Installation {
  readonly postgres: FaultPostgres
  readonly redis: TestRedis | undefined
  readonly balancer: Balancer
  readonly servers: readonly Member[]
  readonly workers: readonly Member[]
  /** Settings of every process: for a kernel that a test boots beside them. */
  readonly env: Readonly<Record<string, string>>
  readonly #folder: string

  private constructor(parts: Parts) {
    this.postgres = parts.postgres
    this.redis = parts.redis
    this.balancer = parts.balancer
    this.servers = parts.servers
    this.workers = parts.workers
    this.env = parts.env
    this.#folder = parts.folder
  }

  /** Starts everything; resolves when every process is ready. The demo workspace is made. */
  static async start({ topology, postgres: options, env: given = {} }: InstallationOptions): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'espalier-faults-'))
    const count = topology === 'one' ? 1 : 2
    const ports = []
    for (let index = 0; index < count; index++) ports.push(await freePort())
    const [postgres, redis, balancer] = await Promise.all([
      FaultPostgres.start(options),
      topology === 'two' ? TestRedis.start() : undefined,
      Balancer.start(ports),
    ])
    const env: Record<string, string> = {
      DATABASE_URL: await postgres.database('orchard'),
      ...(redis && { REDIS_URL: redis.url }),
      ESPALIER_SECRET: 'one secret for all processes of the installation',
      ESPALIER_DATA: join(folder, 'data'),
      ESPALIER_DEMO: 'on',
      PUBLIC_URL: balancer.url,
      // The balancer, and one before it that says for whom it asks.
      TRUSTED_PROXIES: '2',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, 'compile-cache'),
      ...(topology === 'two' && { ESPALIER_WORKER: 'off' }),
      ...given,
    }
    const servers = ports.map(
      (port, index) => new Member(`server ${'ab'[index]}`, 'serve', { ...env, PORT: `${port}` }),
    )
    const workers = topology === 'two' ? ['a', 'b'].map((name) => new Member(`worker ${name}`, 'worker', env)) : []
    const installation = new Installation({ postgres, redis, balancer, servers, workers, env, folder })
    try {
      // The first one migrates, and makes the demo.
      await servers[0]?.start()
      await Promise.all([...servers.slice(1), ...workers].map((member) => member.start()))
      await installation.allReady()
      return installation
    } catch (error) {
      await installation.stop()
      throw error
    }
  }

  /** Where clients reach it. */
  get url(): string {
    return this.balancer.url
  }

  /** Every process of the product. */
  get members(): readonly Member[] {
    return [...this.servers, ...this.workers]
  }

  /** Who may sign in. */
  get owner(): { url: string; email: string; password: string } {
    const printed = /^ *Password +(\S+)$/m.exec(this.servers.map((server) => server.everything).join('\n'))?.[1]
    return { url: this.url, email: 'demo@example.com', password: printed ?? '' }
  }

  /** Resolves when the balancer takes every server for ready. */
  async allReady(): Promise<void> {
    const deadline = Date.now() + 150_000
    while (this.balancer.ready < this.servers.length) {
      if (Date.now() > deadline) throw new Error(`Not every server is ready:\n${this.#outputs()}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Looks at the rows themselves, across workspaces. */
  query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.postgres.asSuperuser<Row>('orchard', text, values)
  }

  /** Ends all of it at once, as nobody would. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()))
    await this.balancer.stop()
    await Promise.all([this.postgres.dispose(), this.redis?.stop()])
    await rm(this.#folder, { recursive: true, force: true })
  }

  #outputs(): string {
    return this.members.map(({ name, everything }) => `── ${name}\n${everything}`).join('\n')
  }
}

interface Parts extends Pick<Installation, 'postgres' | 'redis' | 'balancer' | 'servers' | 'workers' | 'env'> {
  readonly folder: string
}

/** One process of the product, from life to life. */
export class Member {
  readonly name: string
  readonly #command: 'serve' | 'worker'
  readonly #env: Record<string, string>
  readonly #past: string[] = []
  #run: CliRun | undefined

  constructor(name: string, command: 'serve' | 'worker', env: Record<string, string>) {
    this.name = name
    this.#command = command
    this.#env = env
  }

  /** Of a server: where it is reached without the balancer. */
  get url(): string {
    return `http://127.0.0.1:${this.#env.PORT}`
  }

  get pid(): number {
    return this.#run?.process.pid as number
  }

  /** What it has printed, over all lives. */
  get everything(): string {
    return [...this.#past, this.#run?.output() ?? ''].join('\n')
  }

  /** Resolves when it says that it is ready. @throws with its output when it ends instead */
  async start(): Promise<void> {
    this.#run = runCli([this.#command], this.#env)
    await this.#run.says(/Press Ctrl-C/)
  }

  /** As `kill -9` does, the out-of-memory killer, or a power cut. */
  async kill(): Promise<void> {
    const run = this.#run
    if (!run) return
    if (isRunning(run.process)) process.kill(-(run.process.pid as number), 'SIGKILL')
    await this.#over(run)
  }

  /** As a deployment does. @returns its exit code */
  async terminate(): Promise<number | null> {
    const run = this.#run
    if (!run) return null
    run.process.kill('SIGTERM')
    return this.#over(run)
  }

  async #over(run: CliRun): Promise<number | null> {
    const code = await run.ended
    this.#past.push(run.output())
    if (this.#run === run) this.#run = undefined
    return code
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
