/**
 * npm run bench -- graphqlHttp
 *
 * What a GraphQL request costs: ours, with sign-in by key, limits, CORS, CSRF, metrics and logs on, beside
 * plain Yoga and graphql-http, which do none of that. Same schema, same documents, each server in a process of
 * its own; slices alternate in random order, and the ratio is taken within each round, so that a noisy machine
 * disturbs all alike. CPU is the server's own, from /proc, in milliseconds a request.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHandler } from 'graphql-http/lib/use/http'
import { createSchema, createYoga } from 'graphql-yoga'
import { pino } from 'pino'
import { HttpServer } from '../packages/core/src/http/httpServer.ts'
import type { Requester } from '../packages/core/src/schema/graphqlContext.ts'

const rounds = Number(process.env.ROUNDS ?? 7)
const sliceMs = Number(process.env.SLICE_MS ?? 1_000)
const connections = 16

const contestants = ['ours', 'plain Yoga', 'graphql-http'] as const
type Contestant = (typeof contestants)[number]

const workloads: Record<string, { query: string; variables?: Record<string, unknown> }> = {
  '{ __typename }': { query: '{ __typename }' },
  '20 contacts with owners': {
    query: 'query Contacts($first: Int!) { contacts(first: $first) { id name email score owner { id name } } }',
    variables: { first: 20 },
  },
}

if (process.argv[2] === 'serve') await serve(process.argv[3] as Contestant)
else await compare()

function contactSchema() {
  const owners = Array.from({ length: 5 }, (_, n) => ({ id: `o${n}`, name: `Owner ${n}` }))
  const contacts = Array.from({ length: 100 }, (_, n) => ({
    id: `c${n}`,
    name: `Contact ${n}`,
    email: `contact${n}@example.com`,
    score: n,
    ownerId: n % 5,
  }))
  return createSchema({
    typeDefs: `
      type Owner { id: ID!, name: String! }
      type Contact { id: ID!, name: String!, email: String!, score: Int!, owner: Owner! }
      type Query { contacts(first: Int!): [Contact!]! }`,
    resolvers: {
      Query: { contacts: async (_: unknown, { first }: { first: number }) => contacts.slice(0, first) },
      Contact: { owner: async ({ ownerId }: { ownerId: number }) => owners[ownerId] },
    },
  })
}

async function serve(contestant: Contestant): Promise<void> {
  const schema = contactSchema()
  if (contestant === 'ours') {
    const requester: Requester = {
      workspaceId: 'w',
      principal: { type: 'apiKey', id: 'k', name: 'bench', permissions: new Set() },
    }
    const server = new HttpServer({
      routes: [],
      authenticator: { authenticate: async () => requester, stillValid: async (all) => all.map(() => true) },
      workspaces: { workspace: never, inWorkspace: never, findWorkspace: async () => undefined },
      log: pino({ level: 'warn' }),
      clock: { now: () => new Date() },
      production: true,
      rateLimits: { apiKey: { points: 1e9, seconds: 60 } },
      graphql: {
        admin: () => schema,
        public: () => schema,
        context: (authenticated, facts) => ({ authenticated, request: facts }),
      },
    })
    process.send?.(`${await server.listen(0, '127.0.0.1')}/graphql`)
    return
  }
  const handler = contestant === 'plain Yoga' ? createYoga({ schema, logging: false }) : createHandler({ schema })
  const server = createServer(handler)
  server.listen(0, '127.0.0.1', () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`),
  )
}

async function compare(): Promise<void> {
  const servers = await Promise.all(contestants.map(async (name) => ({ name, ...(await spawnServer(name)) })))
  try {
    await refuseDifferentAnswers(servers)
    for (const [name, body] of Object.entries(workloads)) await compareOn(name, JSON.stringify(body), servers)
  } finally {
    for (const { child } of servers) child.kill()
  }
}

interface Running {
  name: Contestant
  child: ChildProcess
  url: URL
}

async function spawnServer(name: Contestant): Promise<Omit<Running, 'name'>> {
  const child = fork(import.meta.filename, ['serve', name], { env: { ...process.env, NODE_ENV: 'production' } })
  const [url] = await once(child, 'message')
  return { child, url: new URL(url as string) }
}

async function compareOn(workload: string, body: string, servers: Running[]): Promise<void> {
  const results = new Map(servers.map(({ name }) => [name, { rps: [] as number[], cpuMs: [] as number[] }]))
  for (const server of servers) await slice(server, body, sliceMs)
  for (let round = 0; round < rounds; round += 1) {
    for (const server of shuffled(servers)) {
      const { rps, cpuMs } = await slice(server, body, sliceMs)
      results.get(server.name)?.rps.push(rps)
      results.get(server.name)?.cpuMs.push(cpuMs)
    }
  }
  const plain = results.get('plain Yoga')
  process.stdout.write(`\n${workload}, ${connections} connections, ${rounds} rounds of ${sliceMs} ms\n`)
  for (const [name, { rps, cpuMs }] of results) {
    const ratio = median(rps.map((value, round) => value / (plain?.rps[round] as number)))
    process.stdout.write(
      `  ${name.padEnd(14)} ${median(rps).toFixed(0).padStart(6)} requests/s   ${ratio.toFixed(2)} of plain Yoga   ${median(cpuMs).toFixed(3)} ms CPU a request\n`,
    )
  }
}

/** Closed loop: each connection asks again as soon as it is answered. */
async function slice({ url, child }: Running, body: string, milliseconds: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const cpuBefore = cpuMilliseconds(child.pid as number)
  const started = performance.now()
  let answered = 0
  const loop = async () => {
    while (performance.now() - started < milliseconds) {
      await ask(url, body, agent)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: connections }, loop))
  const seconds = (performance.now() - started) / 1_000
  agent.destroy()
  return { rps: answered / seconds, cpuMs: (cpuMilliseconds(child.pid as number) - cpuBefore) / answered }
}

function ask({ hostname, port, pathname }: URL, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: 'Bearer bench',
    }
    const call = request({ hostname, port, path: pathname, method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}

async function refuseDifferentAnswers(servers: Running[]): Promise<void> {
  const agent = new Agent()
  for (const body of Object.values(workloads)) {
    const answers = await Promise.all(servers.map(({ url }) => ask(url, JSON.stringify(body), agent)))
    // The product tells costs and limits beside them, which the others do not know.
    const told = answers.map((answer) => JSON.stringify({ ...JSON.parse(answer), extensions: undefined }))
    if (new Set(told).size !== 1) throw new Error(`The servers do not answer alike: ${answers.join('\n')}`)
  }
  agent.destroy()
}

/** User and system time of a process: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
function cpuMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function never(): never {
  throw new Error('This benchmark has no workspaces.')
}
