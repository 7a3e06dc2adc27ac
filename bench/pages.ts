/**
 * npm run bench -- pages
 *
 * What serving a landing page costs: the product as it is started (its own process and PostgreSQL, the demo's page with
 * its experiment, the signed context of each visitor, rate limits, metrics), beside two servers of nothing but `node:http`
 * that send as many bytes under the same headers. "bare" sends the same bytes to everybody. "signing" does the least that a
 * page of each visitor's own takes: it reads the cookie, signs it together with the ids that ours signs, and puts the
 * signature into the page in two places. What is between those two no server on Node can save; what is between "signing" and
 * ours are assignment, limits, metrics, ids, freshness.
 *
 * One client drives all in turns; every round begins with another, and ratios are taken within each round, so that a
 * noisy machine disturbs all alike. The client shares the machine: it holds the fastest server back the most, so the ratio
 * of rates flatters ours. The ratio by CPU, the server's own from /proc, does the opposite: beside a slower server the client
 * falls asleep more often, and waking it is kernel time of the server that answers. How often it slept is printed, too.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
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

/** People who have been here before: each with cookies and an address of their own, as a proxy passes them on. */
const visitors = Array.from({ length: 4_000 }, (_, index) => ({
  cookie: `espalier_visitor=${uuidv4()}`,
  address: `198.18.${index >> 8}.${index & 255}`,
}))
let turn = 0

if (process.argv[2] === 'serve') await serve(process.argv[3] as string, process.argv[4] as string)
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
  const children: ChildProcess[] = []
  try {
    const answer = await fetch(product.url + path, { headers: { 'user-agent': chrome } })
    if (answer.status !== 200) throw new Error(`The demo's page answered ${answer.status}.`)
    const body = await answer.text()
    const recorded = join(folder, 'page.json')
    await writeFile(recorded, JSON.stringify({ headers: headersOf(answer), body }))
    const start = async (kind: string): Promise<Contestant> => {
      const env = { ...process.env, NODE_ENV: 'production' }
      const child = fork(import.meta.filename, ['serve', recorded, kind], { env })
      children.push(child)
      const [url] = await once(child, 'message')
      return { name: kind, url: new URL(url as string), process: child }
    }
    await comeOnce(new URL(path, product.url))
    console.log(`The demo's page: ${Buffer.byteLength(body).toLocaleString('en')} bytes, ${connections} connections\n`)
    await measure([
      { name: 'ours', url: new URL(product.url), process: product.process },
      await start('signing'),
      await start('bare'),
    ])
  } finally {
    for (const child of children) child.kill()
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(contestants: readonly Contestant[]): Promise<void> {
  const figures = new Map(
    contestants.map(({ name }) => [name, { rps: [], user: [], system: [], cpu: [], slept: [] } as Figures]),
  )
  // The first round warms up, for four times as long, and does not count: V8 has far more of ours to compile.
  for (let round = 0; round <= rounds; round++)
    for (const { name, url, process: child } of round % 2 ? contestants : contestants.toReversed()) {
      const before = await cpuMilliseconds(child.pid as number)
      const sleptBefore = process.resourceUsage().voluntaryContextSwitches
      const milliseconds = round === 0 ? 4 * sliceMs : sliceMs
      const { perSecond, answered } = await drive(url, visit, { connections, milliseconds })
      const slept = process.resourceUsage().voluntaryContextSwitches - sleptBefore
      const after = await cpuMilliseconds(child.pid as number)
      const of = figures.get(name)
      if (round === 0 || !of) continue
      of.rps.push(perSecond)
      of.user.push((after.user - before.user) / answered)
      of.slept.push(slept / answered)
      of.system.push((after.system - before.system) / answered)
      of.cpu.push((after.user + after.system - before.user - before.system) / answered)
    }
  const micros = (values: readonly number[]) => (median(values) * 1000).toFixed(1).padStart(5)
  for (const [name, { rps, user, system, cpu, slept }] of figures)
    console.log(
      `${name.padEnd(8)} ${Math.round(median(rps)).toLocaleString('en').padStart(8)} pages/s ${micros(cpu)} µs CPU a page, ${micros(user)} of it in Node, ${micros(system)} in the kernel; the client slept ${median(slept).toFixed(2)} times`,
    )
  const ratio = (first: number[] = [], second: number[] = []) =>
    median(first.map((value, round) => value / (second[round] as number))).toFixed(2)
  console.log(`\nMedian of ${rounds} rounds of ${sliceMs} ms:`)
  const [ours, bare] = [figures.get('ours'), figures.get('bare')]
  for (const [name, other] of figures)
    if (name !== 'ours')
      console.log(
        `ours beside ${name}: ${ratio(ours?.rps, other.rps)} of its pages a second, ${ratio(other.cpu, ours?.cpu)} by CPU`,
      )
  console.log(`signing beside bare: ${ratio(bare?.cpu, figures.get('signing')?.cpu)} by CPU`)
}

/** Of each round: pages a second, milliseconds of CPU a page, and how often the client had to wait for one. */
interface Figures {
  readonly rps: number[]
  readonly user: number[]
  readonly system: number[]
  readonly cpu: number[]
  readonly slept: number[]
}

/** A server that answers everything with what was recorded: see above. */
async function serve(recorded: string, kind: string): Promise<void> {
  const { headers, body } = JSON.parse(await readFile(recorded, 'utf8'))
  const server = createServer(kind === 'bare' ? sameForAll(headers, body) : signed(headers, body))
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}

function sameForAll(headers: Record<string, string>, body: string): RequestListener {
  const bytes = Buffer.from(body)
  return (_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.byteLength })
    response.end(bytes)
  }
}

/** Puts a signed token where the recorded page has its own. Strings of bytes, as ours: Node sends them in one write. */
function signed(headers: Record<string, string>, body: string): RequestListener {
  const recordedToken = /data-context="([^"]+)"/.exec(body)?.[1] ?? ''
  const claim = JSON.parse(Buffer.from(recordedToken.split('.')[0] ?? '', 'base64url').toString())
  const [before = '', between = '', after = ''] = Buffer.from(body).toString('latin1').split(recordedToken)
  const flat = Object.entries(headers).flat()
  const key = createSecretKey(randomBytes(32))
  return (request, response) => {
    const v = /espalier_visitor=([0-9a-f-]{36})/.exec(request.headers.cookie ?? '')?.[1]
    const facts = Buffer.from(JSON.stringify({ ...claim, v })).toString('base64url')
    const token = `${facts}.${createHmac('sha256', key).update(facts).digest('base64url')}`
    const page = before + token + between + token + after
    response.writeHead(200, [...flat, 'content-length', String(page.length)])
    response.end(page, 'latin1')
  }
}

/** The first visit of each, from which they keep the cookie with their variant. */
async function comeOnce(page: URL): Promise<void> {
  const waiting = visitors.values()
  const comeInTurn = async () => {
    for (const visitor of waiting) {
      const headers = { 'user-agent': chrome, cookie: visitor.cookie, 'x-forwarded-for': visitor.address }
      const answer = await fetch(page, { headers })
      await answer.body?.cancel()
      for (const set of answer.headers.getSetCookie()) visitor.cookie += `; ${set.split(';')[0]}`
    }
  }
  await Promise.all(Array.from({ length: connections }, comeInTurn))
}

function visit(): string {
  const { cookie, address } = visitors[turn++ % visitors.length] as (typeof visitors)[number]
  return `GET ${path} HTTP/1.1\r\nhost: espalier.test\r\nuser-agent: ${chrome}\r\naccept: text/html\r\naccept-language: en\r\ncookie: ${cookie}\r\nx-forwarded-for: ${address}\r\n\r\n`
}

function headersOf(answer: Response): Record<string, string> {
  const own = ['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length', 'set-cookie']
  return Object.fromEntries([...answer.headers].filter(([name]) => !own.includes(name)))
}

/** User and system time of a process: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
async function cpuMilliseconds(pid: number): Promise<{ user: number; system: number }> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return { user: Number(fields[11]) * 10, system: Number(fields[12]) * 10 }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
