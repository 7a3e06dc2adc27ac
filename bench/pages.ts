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
 * One client drives all in turns. It shares the machine: it holds the fastest server back the most, so the ratio of rates flatters
 * ours. The ratio by CPU, the server's own from /proc, does the opposite: beside a slower server the client falls asleep more often,
 * and waking it is kernel time of the server that answers.
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
import { compare, cpuOf } from './compare.ts'
import { drive } from './rawClient.ts'

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
else await run()

async function run(): Promise<void> {
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
    const start = async (kind: string) => {
      const env = { ...process.env, NODE_ENV: 'production' }
      const child = fork(import.meta.filename, ['serve', recorded, kind], { env })
      children.push(child)
      const [url] = await once(child, 'message')
      return server(kind, url as string, child)
    }
    await comeOnce(new URL(path, product.url))
    const ours = server('ours', product.url, product.process)
    const [signing, bare] = [await start('signing'), await start('bare')]
    // V8 has far more of ours to compile.
    await ours.slice(8_000)
    await compare({
      key: 'pages',
      title: 'Pages',
      unit: 'pages',
      contestants: [ours, signing, bare],
      aims: [
        { of: 'ours', beside: 'bare', figure: 'rate', atLeast: 0.6 },
        { of: 'ours', beside: 'bare', figure: 'cpu', atMost: 1.67 },
        { of: 'ours', beside: 'signing', figure: 'rate', atLeast: 0.6 },
      ],
      notes: [
        `The demo's page with its experiment, ${Buffer.byteLength(body).toLocaleString('en')} bytes, to ${visitors.length.toLocaleString('en')} visitors over ${connections} connections. ${await sameAnswers([ours, signing, bare])}`,
        '"bare" sends the same bytes to everybody; "signing" reads the cookie and signs a token of the visitor into the page. CPU is that of the server.',
      ],
    })
  } finally {
    for (const child of children) child.kill()
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function server(name: string, url: string, { pid = 0 }: ChildProcess) {
  return {
    name,
    url,
    cpu: () => cpuOf(pid),
    slice: async (milliseconds: number) => {
      const { answered } = await drive(new URL(url), visit, { connections, milliseconds })
      return { done: answered }
    },
  }
}

/** @throws where a visitor who has been here gets pages of other lengths or under other headers */
async function sameAnswers(servers: readonly { readonly name: string; readonly url: string }[]): Promise<string> {
  const [visitor] = visitors
  const answers = await Promise.all(
    servers.map(async ({ name, url }) => {
      const headers = { 'user-agent': chrome, cookie: visitor?.cookie ?? '', 'x-forwarded-for': visitor?.address ?? '' }
      const answer = await fetch(url + path, { headers })
      const names = Object.keys(headersOf(answer)).toSorted().join(', ')
      return { name, status: answer.status, bytes: (await answer.arrayBuffer()).byteLength, names }
    }),
  )
  const [ours] = answers
  for (const { name, status, bytes, names } of answers)
    if (status !== 200 || names !== ours?.names || Math.abs(bytes - ours.bytes) > 100)
      throw new Error(
        `"${name}" answers ${status}, ${bytes} bytes under ${names}; ours ${ours?.bytes} bytes under ${ours?.names}.`,
      )
  return `All answer with the same headers, and ${answers.map(({ name, bytes }) => `${name} ${bytes.toLocaleString('en')}`).join(', ')} bytes.`
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
