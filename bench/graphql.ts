/**
 * npm run bench -- graphql
 *
 * A list of 20 with two nested levels, one node by its id, and a mutation: the product as it is served, beside mercurius with
 * graphql-jit and SQL by hand, Apollo Server on our resolvers, and PostGraphile 5. One PostgreSQL; the same rows as the same role
 * under the same policies; each server in a process of its own, tuned as its docs advise (`bench/graphql/*.ts` say how). What
 * they answer is compared before anything is timed.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Aim, type Contestant, compare, cpuOf } from './compare.ts'
import { openStage, type Running, type Stage } from './graphql/stage.ts'
import { type Asked, list, meaning, mutation, node, type ServerName, servers } from './graphql/workloads.ts'
import { drive } from './rawClient.ts'

const connections = 16
const warmUpMs = 8_000
const only = process.env.ONLY?.split(',')

await using stage = await openStage()
const running = new Map<ServerName, Running>()
for (const name of Object.keys(servers) as ServerName[])
  if (!only || only.some((part) => name.includes(part))) running.set(name, await stage.start(servers[name]))

const workloads = [
  { key: 'graphql-list', title: 'A list of 20 with two nested levels', asked: list },
  { key: 'graphql-node', title: 'One node by its id, with two nested levels', asked: node },
  { key: 'graphql-mutation', title: 'A mutation', asked: mutation },
].filter(({ key }) => !process.env.WORKLOAD || key.includes(process.env.WORKLOAD))

for (const { key, title, asked } of workloads) {
  const bytes = await refuseDifferentAnswers(asked)
  const contestants = [...running].map(([name, server]) => contestant(name, server, asked))
  // As servers are that have been asked the same for a while: V8 compiles what is asked often, and has more of ours to compile.
  for (const { slice } of contestants) await slice(warmUpMs)
  await compare({
    key,
    title,
    unit: 'requests',
    contestants,
    aims: [...aimsOf('ours'), ...aimsOf('ours, by session')].filter(({ of, beside }) =>
      [of, beside].every((name) => running.has(name as ServerName)),
    ),
    notes: [
      `${connections} connections, each asks again as soon as it is answered; ${warmUpMs / 1_000} s of each beforehand. Bytes of an answer: ${[...bytes].map(([name, size]) => `${name} ${size}`).join(', ')}.`,
    ],
  })
}

function aimsOf(of: ServerName): Aim[] {
  return [
    { of, beside: 'mercurius + graphql-jit', figure: 'rate', atLeast: 0.8 },
    { of, beside: 'Apollo Server, our resolvers', figure: 'rate', atLeast: 1 },
    { of, beside: 'PostGraphile 5', figure: 'rate', atLeast: 1 },
  ]
}

function contestant(name: ServerName, server: Running, asked: Asked): Contestant {
  const { url, pid } = server
  const next = requests(name, server, asked, stage)
  return {
    name,
    slice: async (milliseconds) => ({ done: (await drive(url, next, { connections, milliseconds })).answered }),
    cpu: () => cpuOf(pid),
  }
}

/** Requests in turn about each page, all bytes made ahead: the client shares the machine with the servers. */
function requests(
  name: ServerName,
  { url, headers }: Running,
  asked: Asked,
  { pageIds, staging }: Stage,
): () => string {
  const made = pageIds.map((page, turn) => {
    const body = JSON.stringify(
      name === 'PostGraphile 5'
        ? { query: asked.postGraphile, variables: asked.postGraphileVariables(page, turn, staging.workspaceId) }
        : { query: asked.query, variables: asked.variables(page, turn) },
    )
    return [
      `POST ${url.pathname} HTTP/1.1`,
      `host: ${url.host}`,
      'content-type: application/json',
      'accept: application/json',
      ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n')
  })
  let turn = 0
  return () => made[turn++ % made.length] as string
}

/** Asks each server about the same page. @returns bytes of their answers */
async function refuseDifferentAnswers(asked: Asked): Promise<Map<ServerName, number>> {
  const [page = ''] = stage.pageIds
  const bytes = new Map<ServerName, number>()
  let first: { name: ServerName; said: unknown } | undefined
  for (const [name, server] of running) {
    const request = requests(name, server, asked, { ...stage, pageIds: [page] })()
    const [head = '', body] = request.split('\r\n\r\n')
    const headers = head
      .split('\r\n')
      .slice(2)
      .map((line) => line.split(': ') as [string, string])
    const answer = await (await fetch(server.url, { method: 'POST', headers, body: body as string })).text()
    const said = meaning(answer)
    first ??= { name, said }
    if (!isDeepStrictEqual(said, first.said))
      throw new Error(
        `${first.name} and ${name} do not say the same:\n${JSON.stringify(first.said)}\n${JSON.stringify(said)}`,
      )
    bytes.set(name, Buffer.byteLength(answer))
  }
  return bytes
}
