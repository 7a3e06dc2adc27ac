import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { runningEmbeddedPostgres } from '@espalier/core/server'
import { hasRedis, TestRedis } from '@espalier/core/testing'
import { inject, onTestFinished } from 'vitest'
import { freePort } from '../../packages/core/src/testing/freePort.ts'
import { type ApiClient, signIn } from '../../packages/server/test/e2e/apiClient.ts'
import { type Product, startProduct } from '../../packages/server/test/e2e/product.ts'

/** The product as an attacker finds it: one process in production, with the demo's workspace, behind one proxy that says who asks. */
export interface AttackedProduct extends Product {
  /** Signed in as the owner of the demo. */
  readonly owner: ApiClient
  /** Asks as a stranger, from an address of their own where none is named: no limit of another attack is in the way. */
  stranger(path: string, init?: RequestInit, server?: string): Promise<Response>
  /** An address that nobody has asked from. */
  newAddress(): string
  /** Lines that the server has logged. */
  log(): readonly LogLine[]
}

export interface GraphQLAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what came is what is looked at
  readonly body: any
}

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: number
  readonly msg: string
}

/** Of pino: what nobody expected is logged with it. */
export const errorLevel = 50

/**
 * What the process may hold under any attack beyond what it holds at rest. A body has 1 MiB at most, an image is decoded by itself
 * and within limits; the rest is what V8 lets lie until it collects. Bytes.
 */
const memoryBound = 384 * 1024 * 1024

/** Megabytes. What V8 may hold before it has to collect; without it that depends on the machine. Who needs more is ended by it. */
const heapLimit = 512

const env = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'info',
  TRUSTED_PROXIES: '1',
  NODE_OPTIONS: `--max-old-space-size=${heapLimit}`,
}

let started: Promise<Omit<AttackedProduct, 'owner'>> | undefined

/** The same for all attacks of a run: whoever survives one has to survive the next. `endProduct.ts` ends it. */
export async function attackedProduct(): Promise<AttackedProduct> {
  started ??= start()
  const product = await started
  // An attack before may have signed everybody out, as people may.
  const owner = await signIn(product)
  return Object.assign(product, { owner })
}

async function start(): Promise<Omit<AttackedProduct, 'owner'>> {
  const dataFolder = inject('attackedProductFolder')
  const product = await startProduct({ dataFolder, env })
  await writeFile(join(dataFolder, 'pid'), String(product.process.pid))
  let addresses = 0
  const newAddress = () => {
    addresses += 1
    return `198.18.${addresses >> 8}.${addresses & 255}`
  }
  return {
    ...product,
    newAddress,
    stranger: (path, init = {}, server = product.url) => {
      const headers = new Headers(init.headers)
      if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', newAddress())
      return fetch(server + path, { redirect: 'manual', ...init, headers })
    },
    log: () =>
      product
        .output()
        .split('\n')
        .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : [])),
  }
}

/** What servers of one installation hear of each other over. */
export const foundations: readonly string[] = ['PostgreSQL alone', ...(hasRedis() ? ['PostgreSQL and Redis'] : [])]

/**
 * Addresses of two servers of the same installation: one database, one secret, one name that both stand behind. On Redis both are
 * servers that nobody has attacked. What was started for a test ends with it.
 */
export async function twoServers(product: AttackedProduct, foundation: string): Promise<readonly [string, string]> {
  const redis = foundation.includes('Redis') ? await TestRedis.start() : undefined
  onTestFinished(() => redis?.stop())
  const add = () => anotherServer(product, redis && { REDIS_URL: redis.url })
  return redis ? [await add(), await add()] : [product.url, await add()]
}

async function anotherServer({ url, dataFolder }: AttackedProduct, more?: Record<string, string>): Promise<string> {
  const database = await runningEmbeddedPostgres(join(dataFolder, 'postgres'))
  if (!database) throw new Error('The attacked product does not run its own PostgreSQL.')
  const port = String(await freePort())
  const { stop } = await startProduct({
    dataFolder,
    env: { ...env, DATABASE_URL: database, PUBLIC_URL: url, PORT: port, ESPALIER_WORKER: 'off', ...more },
  })
  onTestFinished(async () => void (await stop()))
  return `http://127.0.0.1:${port}`
}

/** Asks GraphQL as the owner does, and answers with all that came. */
export async function asOwner(
  { url, owner }: AttackedProduct,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphQLAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: owner.cookie, origin: url },
    body: JSON.stringify({ query, variables }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
}

/** Carries out an attack, and throws where the process outgrows its bound of memory or does not answer a person afterwards. */
export async function survives(product: AttackedProduct, attack: () => Promise<void>): Promise<void> {
  await forgetPeak(product)
  const before = await peakMemory(product)
  await attack()
  const grown = (await peakMemory(product)) - before
  await stillAnswers(product)
  if (grown > memoryBound)
    throw new Error(`The process grew by ${inMegabytes(grown)}; its bound is ${inMegabytes(memoryBound)}.`)
}

const inMegabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`

/** Throws where the process has ended, or does not answer within half a minute: it may be busy with what was refused. */
export async function stillAnswers({ process: { exitCode, signalCode }, url, owner }: AttackedProduct): Promise<void> {
  if (exitCode !== null || signalCode !== null) throw new Error(`The server has ended: ${exitCode ?? signalCode}`)
  const deadline = AbortSignal.timeout(30_000)
  while ((await fetch(`${url}/readyz`, { signal: deadline })).status !== 200) await after(100)
  await owner.ask('{ __typename }')
}

/** Most memory that the process has held since {@link forgetPeak}. Bytes. */
async function peakMemory({ process: { pid } }: AttackedProduct): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

/** proc(5): writing 5 sets the peak back to what is held now. */
function forgetPeak({ process: { pid } }: AttackedProduct): Promise<void> {
  return writeFile(`/proc/${pid}/clear_refs`, '5')
}
