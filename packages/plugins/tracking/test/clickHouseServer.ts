import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** The program: from the path, where Debian puts it, or where `CLICKHOUSE_SERVER` says. */
const program = process.env.CLICKHOUSE_SERVER ?? 'clickhouse-server'
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` }

let installed: boolean | undefined

/** Whether tests against ClickHouse can run here. They are skipped, and this says so, where they cannot. */
export function hasClickHouse(): boolean {
  if (installed === undefined) {
    // Found is enough: versions before 20 know no option that only answers.
    installed = spawnSync(program, ['--version'], { env }).error === undefined
    if (!installed)
      console.warn(
        `SKIPPED: tests against ClickHouse. There is no "${program}" here; install Debian's packages clickhouse-server and clickhouse-common.`,
      )
  }
  return installed
}

/** Where a node listens. Nodes of a cluster know each other's before they start. */
interface Ports {
  readonly http: number
  readonly tcp: number
  readonly interserver: number
}

const started = new Set<TestClickHouse>()

/** A ClickHouse of a test file's own: a process on the loopback, with its data in a folder that goes with it. */
export class TestClickHouse {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(folder: string, { http }: Ports) {
    this.#folder = folder
    this.port = http
  }

  static async start(): Promise<TestClickHouse> {
    const [node] = await TestClickHouse.startCluster(1)
    return node as TestClickHouse
  }

  /** Nodes of a cluster named "events", each with a share of the rows. */
  static async startCluster(size: number): Promise<TestClickHouse[]> {
    const free = await freePorts(3 * size)
    const ports = Array.from({ length: size }, (_, node) => {
      const [http = 0, tcp = 0, interserver = 0] = free.slice(3 * node)
      return { http, tcp, interserver }
    })
    return Promise.all(
      ports.map(async (own) => {
        const folder = await mkdtemp(join(tmpdir(), 'espalier-clickhouse-'))
        await mkdir(join(folder, 'data'))
        await writeFile(join(folder, 'config.xml'), config(folder, own, ports))
        await writeFile(join(folder, 'users.xml'), users)
        const node = new TestClickHouse(folder, own)
        started.add(node)
        await node.restart()
        return node
      }),
    )
  }

  /** As the setting ESPALIER_EVENT_STORE has it. */
  url(database: string): string {
    return `http://default:@127.0.0.1:${this.port}/${database}`
  }

  /** Starts it again on the same port, after {@link kill}, and waits until it answers. */
  async restart(): Promise<void> {
    this.#process = spawn(program, [`--config-file=${join(this.#folder, 'config.xml')}`], {
      env,
      cwd: this.#folder,
      stdio: 'ignore',
    })
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/ping`).catch(() => undefined)
      if (answer?.ok) return
      if (this.#process.exitCode !== null || tries > 1200)
        throw new Error(`ClickHouse does not start: see ${this.#folder}/error.log`)
      await setTimeout(50)
    }
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

  /** The answer to a statement, one line a row, past the store. */
  async ask(statement: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body: statement })
    const answer = await response.text()
    if (!response.ok) throw new Error(answer)
    return answer.trim()
  }

  /** Stops all that this file has started. Call it in `afterAll` of the file: within a test it is too late for that. */
  static async stopAll(): Promise<void> {
    await Promise.all([...started].map((node) => node.stop()))
  }

  async stop(): Promise<void> {
    started.delete(this)
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Ports of the loopback that nobody listens on, all of them different. */
async function freePorts(count: number): Promise<number[]> {
  const listening = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  return Promise.all(
    listening.map(async (server) => {
      const { port } = server.address() as AddressInfo
      server.close()
      await once(server, 'close')
      return port
    }),
  )
}

/** Versions before 20 want `yandex` as the root; later ones take it, too. */
function config(folder: string, own: Ports, all: readonly Ports[]): string {
  const shards = all.map(({ tcp }) => `<shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`)
  return `<?xml version="1.0"?>
<yandex>
  <logger><level>error</level><log>${folder}/server.log</log><errorlog>${folder}/error.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${own.http}</http_port>
  <tcp_port>${own.tcp}</tcp_port>
  <interserver_http_port>${own.interserver}</interserver_http_port>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/data/tmp/</tmp_path>
  <user_files_path>${folder}/data/files/</user_files_path>
  <mark_cache_size>67108864</mark_cache_size>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <remote_servers><events>${shards.join('')}</events></remote_servers>
</yandex>`
}

const users = `<?xml version="1.0"?>
<yandex>
  <profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
  <users><default>
    <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
  </default></users>
  <quotas><default></default></quotas>
</yandex>`
