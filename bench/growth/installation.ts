import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { startEmbeddedPostgres } from '../../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../../packages/core/src/data/migrate.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../../packages/core/src/data/roles.ts'
import { JobQueue } from '../../packages/core/src/jobs/jobQueue.ts'
import { cpuOf, spreadOf } from '../compare.ts'
import type { Question } from './questions.ts'

/** What a server says when it answers. */
export interface Started {
  readonly url: string
  /** Of the owner of a workspace. */
  readonly headers: Record<string, string>
  readonly siteKey: string
  /** From an empty process to the first answer, in milliseconds. */
  readonly startedIn: number
  /** Bytes in memory once it has answered. */
  readonly memory: number
}

/** A server in a process of its own on a PostgreSQL of its own. */
export interface Installation extends AsyncDisposable, Started {
  readonly cpu: () => number
  /** Asks the API as the owner of a workspace. */
  readonly ask: (query: string) => Question
  /** Sends the collector a pageview. */
  readonly collect: Question
  /** Starts a server more beside it, and ends it as soon as it has answered. */
  readonly startOnce: () => Promise<Started>
}

/**
 * @param plugins how many it runs: three of the product's, and as many generated ones as it takes
 * @param fill makes rows before the server starts
 */
export async function openInstallation({
  plugins,
  fill,
}: {
  plugins: number
  fill?: (owner: pg.Client) => Promise<void>
}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
  const postgres = await startEmbeddedPostgres({ folder, durable: false })
  let server: Server | undefined
  const close = async () => {
    await server?.stop()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const owner = new pg.Client(postgres.url)
    await owner.connect()
    await provisionRoles(owner, { app: 'app', system: 'system' })
    await migrate(owner, await readMigrations(join(import.meta.dirname, '../../prisma/migrations')))
    await JobQueue.install(postgres.url)
    await fill?.(owner)
    await owner.query('vacuum analyze')
    await owner.end()
    const urls = { app: urlAs(postgres.url, appRole, 'app'), system: urlAs(postgres.url, systemRole, 'system') }
    server = await startServer(urls, plugins)
    const { pid, started } = server
    const { url, headers, siteKey } = started
    return {
      ...started,
      cpu: () => cpuOf(pid),
      ask: (query) => async () => {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query }),
        })
        const { data, errors } = await response.json()
        if (errors) throw new Error(JSON.stringify(errors))
        return data
      },
      collect: async () => {
        const events = [{ id: uuidv7(), name: 'pageview', url: 'https://shop.example/' }]
        const body = JSON.stringify({ site: siteKey, visitorId: uuidv7(), events })
        const response = await fetch(`${url}/collect`, { method: 'POST', headers: { 'user-agent': browser }, body })
        if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
        await response.arrayBuffer()
      },
      startOnce: async () => {
        const another = await startServer(urls, plugins)
        await another.stop()
        return another.started
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Starts servers on both in turns, seven times each. @returns how long that takes and what they then have in memory, in words */
export async function compareStarts(
  small: Installation,
  large: Installation,
  names: readonly [string, string],
): Promise<string> {
  const starts: [Started, Started][] = []
  while (starts.length < 7) {
    const [first, second] = starts.length % 2 === 0 ? [small, large] : [large, small]
    const [one, two] = [await first.startOnce(), await second.startOnce()]
    starts.push(first === small ? [one, two] : [two, one])
  }
  const ratio = spreadOf(starts.map(([one, two]) => two.startedIn / one.startedIn))
  const seconds = (size: 0 | 1) => (spreadOf(starts.map((pair) => pair[size].startedIn)).median / 1_000).toFixed(1)
  const mebibytes = (size: 0 | 1) => Math.round(spreadOf(starts.map((pair) => pair[size].memory)).median / 2 ** 20)
  return `From nothing to the first answer, seven starts of each in turns: ${seconds(1)} s with ${names[1]}, ${seconds(0)} s with ${names[0]}: ${ratio.median.toFixed(2)} of it (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}). In memory then: ${mebibytes(1)} and ${mebibytes(0)} MiB.`
}

interface Server {
  readonly pid: number
  readonly started: Started
  readonly stop: () => Promise<void>
}

/** Starts a server in a process of its own on a database that is there. */
export async function startServer(urls: { app: string; system: string }, plugins: number): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify({ urls, plugins })])
  const [started] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The server did not start.'))),
  ])) as [Started]
  return {
    pid: child.pid as number,
    started,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
