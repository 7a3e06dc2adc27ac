/**
 * npm run bench -- graphql
 *
 * A list of 20 with two nested levels, one node by its id, and a mutation: the product as it is served, beside mercurius with
 * graphql-jit and SQL by hand, Apollo Server on our resolvers, and PostGraphile 5. One PostgreSQL; the same rows as the same role
 * under the same policies; each server in a process of its own, tuned as its docs advise (`bench/graphql/*.ts` say how). What
 * they answer is compared before anything is timed.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Contestant, compare, cpuOf } from './compare.ts'
import { openStage, type Running, type Stage } from './graphql/stage.ts'
import { type Asked, list, meaning, mutation, node, type ServerName, servers } from './graphql/workloads.ts'
import { drive } from './rawClient.ts'

const connections = 16
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
  await compare({
    key,
    title,
    unit: 'requests',
    contestants: [...running].map(([name, server]) => contestant(name, server, asked)),
    aims: [
      { of: 'ours', beside: 'mercurius + graphql-jit', figure: 'rate' as const, atLeast: 0.8 },
      { of: 'ours', beside: 'Apollo Server, our resolvers', figure: 'rate' as const, atLeast: 1 },
      { of: 'ours', beside: 'PostGraphile 5', figure: 'rate' as const, atLeast: 1 },
    ].filter(({ of, beside }) => [of, beside].every((name) => running.has(name as ServerName))),
    notes: [
      `${connections} connections, each asks again as soon as it is answered. Bytes of an answer: ${[...bytes].map(([name, size]) => `${name} ${size}`).join(', ')}.`,
    ],
  })
}

function contestant(name: ServerName, { url, pid }: Running, asked: Asked): Contestant {
  const next = requests(name, url, asked, stage)
  return {
    name,
    slice: async (milliseconds) => ({ done: (await drive(url, next, { connections, milliseconds })).answered }),
    cpu: () => cpuOf(pid),
  }
}

/** Requests in turn about each page, all bytes made ahead: the client shares the machine with the servers. */
function requests(name: ServerName, url: URL, asked: Asked, { key, pageIds, staging }: Stage): () => string {
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
      `authorization: Bearer ${key}`,
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
  for (const [name, { url }] of running) {
    const request = requests(name, url, asked, { ...stage, pageIds: [page] })()
    const [head = '', body] = request.split('\r\n\r\n')
    const headers = head
      .split('\r\n')
      .slice(2)
      .map((line) => line.split(': ') as [string, string])
    const answer = await (await fetch(url, { method: 'POST', headers, body: body as string })).text()
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
