import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './freePort.ts'

/** The program: from the path, or where `REDIS_SERVER` says. */
const program = process.env.REDIS_SERVER ?? 'redis-server'

let installed: boolean | undefined

/** Whether tests against Redis can run here. They are skipped, and this says so, where they cannot. */
export function hasRedis(): boolean {
  if (installed === undefined) {
    installed = spawnSync(program, ['--version']).status === 0
    if (!installed) {
      console.warn(
        `SKIPPED: tests against Redis. There is no "${program}" here; install Debian's package redis-server.`,
      )
    }
  }
  return installed
}

/** A Redis of a test file's own, on a free port of the loopback, which keeps nothing. */
export class TestRedis {
  readonly url: string
  readonly #port: number
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string) {
    this.#port = port
    this.#folder = folder
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), await mkdtemp(join(tmpdir(), 'espalier-redis-')))
    await redis.restart()
    return redis
  }

  /** Starts it again on the same port, after {@link kill}, and waits until it answers. */
  async restart(): Promise<void> {
    const settings = [
      '--port',
      `${this.#port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      this.#folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ]
    this.#process = spawn(program, settings, { stdio: 'ignore' })
    const redis = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    redis.on('error', () => {})
    await redis.ping()
    redis.disconnect()
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }

  /** Stops it from answering while its connections stay open; {@link resume} wakes it. */
  hang(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
