/**
 * npm run bench -- pages
 *
 * What serving a landing page costs: the product as it is started (its own process and PostgreSQL, the demo's page with
 * its experiment, the signed context of each visitor, rate limits, metrics), beside a bare `node:http` server that sends
 * the same number of bytes under the same headers. One client drives both in turns; every round begins with another, and
 * the ratio is taken within each round, so that a noisy machine disturbs both alike. CPU is the server's own, from /proc.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v4 as uuidv4 } from 'uuid'
import { startProduct } from '../packages/server/test/e2e/product.ts'
import { drive } from './rawClient.ts'

const rounds = Number(process.env.ROUNDS ?? 7)
const sliceMs = Number(process.env.SLICE_MS ?? 2_000)
const connections = 16
const path = '/p/demo/welcome'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/** People who have been here before: each with a cookie and an address of their own, as a proxy passes them on. */
const visitors = Array.from({ length: 4_000 }, (_, index) => ({
  cookie: uuidv4(),
  address: `198.18.${index >> 8}.${index & 255}`,
}))
let turn = 0

if (process.argv[2] === 'serve') await serveBytes(process.argv[3] as string)
else await compare()

interface Contestant {
  readonly name: string
  readonly url: URL
  readonly process: ChildProcess
}

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
  const product = await startProduct({
    dataFolder: folder,
    env: { NODE_ENV: 'production', TRUSTED_PROXIES: '1', ESPALIER_DEMO: 'on' },
  })
  let bare: ChildProcess | undefined
  try {
    const answer = await fetch(product.url + path, { headers: { 'user-agent': chrome } })
    if (answer.status !== 200) throw new Error(`The demo's page answered ${answer.status}.`)
    const body = await answer.text()
    const recorded = join(folder, 'page.json')
    await writeFile(recorded, JSON.stringify({ headers: headersOf(answer), body }))
    bare = fork(import.meta.filename, ['serve', recorded], { env: { ...process.env, NODE_ENV: 'production' } })
    const [bareUrl] = await once(bare, 'message')
    console.log(`The demo's page: ${Buffer.byteLength(body).toLocaleString('en')} bytes, ${connections} connections\n`)
    await measure([
      { name: 'ours', url: new URL(product.url), process: product.process },
      { name: 'bare node:http', url: new URL(bareUrl as string), process: bare },
    ])
  } finally {
    bare?.kill()
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(contestants: readonly Contestant[]): Promise<void> {
  const figures = new Map(contestants.map(({ name }) => [name, { rps: [] as number[], cpu: [] as number[] }]))
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round++)
    for (const { name, url, process: child } of round % 2 ? contestants : contestants.toReversed()) {
      const before = await cpuMilliseconds(child.pid as number)
      const { perSecond, answered } = await drive(url, visit, { connections, milliseconds: sliceMs })
      const cpu = ((await cpuMilliseconds(child.pid as number)) - before) / answered
      if (round === 0) continue
      figures.get(name)?.rps.push(perSecond)
      figures.get(name)?.cpu.push(cpu)
    }
  const [ours, bare] = [figures.get('ours'), figures.get('bare node:http')]
  for (const [name, { rps, cpu }] of figures)
    console.log(
      `${name.padEnd(16)} ${Math.round(median(rps)).toLocaleString('en').padStart(8)} pages/s ${(median(cpu) * 1000).toFixed(0).padStart(6)} µs CPU a page`,
    )
  const ratio = (first: number[] = [], second: number[] = []) =>
    median(first.map((value, round) => value / (second[round] as number))).toFixed(2)
  console.log(
    `\nours / bare: ${ratio(ours?.rps, bare?.rps)} of its pages a second, median of ${rounds} rounds of ${sliceMs} ms`,
  )
  console.log(`bare / ours: ${ratio(bare?.cpu, ours?.cpu)} by CPU a page`)
}

/** A bare server that answers everything with what was recorded. */
async function serveBytes(recorded: string): Promise<void> {
  const { headers, body } = JSON.parse(await readFile(recorded, 'utf8'))
  const bytes = Buffer.from(body)
  const server = createServer((_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.byteLength })
    response.end(bytes)
  })
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}

function visit(): string {
  const { cookie, address } = visitors[turn++ % visitors.length] as (typeof visitors)[number]
  return `GET ${path} HTTP/1.1\r\nhost: espalier.test\r\nuser-agent: ${chrome}\r\naccept: text/html\r\naccept-language: en\r\ncookie: espalier_visitor=${cookie}\r\nx-forwarded-for: ${address}\r\n\r\n`
}

function headersOf(answer: Response): Record<string, string> {
  const own = ['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length', 'set-cookie']
  return Object.fromEntries([...answer.headers].filter(([name]) => !own.includes(name)))
}

/** User and system time of a process: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
async function cpuMilliseconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
