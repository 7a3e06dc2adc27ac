/**
 * npm run bench -- fanout
 *
 * What it costs to tell 2,000 open WebSockets of an update, four times a second: ours, with everybody signed in by session,
 * beside a bare `ws` that broadcasts the same bytes, and beside graphql-ws with an execution for each, as readmes have it. Each
 * server is a process of its own, the clients are another. graphql-transport-ws puts the client's own id of its operation into
 * every frame: ours and graphql-ws do so, the bare one sends one id to all, which is less work.
 *
 * What an idle subscriber costs in memory is sampled seven times, by as many more who come and leave again.
 *
 * A latency is from the publication in the server to the client's read of the frame, by the one monotonic clock of the
 * machine. CPU is the server's from /proc, its idle moments with it. CLIENTS in the environment (2000).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Contestant, compare, cpuOf, type Slice, shown, spreadOf } from './compare.ts'
import type { ClientOrder } from './fanout/clients.ts'
import type { Memory, Order } from './fanout/served.ts'

const clientCount = Number(process.env.CLIENTS ?? 2_000)
const everyMs = 250
/** Of an idle subscriber's memory. */
const samples = 7
const files = { Espalier: 'ours', 'bare ws': 'bareWs', 'graphql-ws, one execution each': 'graphqlWs' } as const

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly url: string
  readonly cookies: readonly string[]
}

/** The clients first, then the servers. */
const children: ChildProcess[] = []
let lengthOfAnswer = 0
try {
  const clients = start('clients')
  const running: Running[] = []
  const memory = new Map<string, MemoryOfSubscribers>()
  for (const [name, file] of Object.entries(files)) {
    const child = start(file)
    const [server] = (await once(child, 'message')) as [{ url: string; cookies: string[] }]
    running.push({ name, child, ...server })
    memory.set(name, await memoryOfSubscribers({ name, child, ...server }, clients))
  }
  await refuseDifferentAnswers(running, clients)
  await compare({
    key: 'fanout',
    title: 'Live fan-out',
    unit: 'messages',
    contestants: running.map((server) => contestant(server, clients)),
    aims: [
      { of: 'Espalier', beside: 'bare ws', figure: 'p99', atMost: 1.5 },
      { of: 'Espalier', beside: 'bare ws', figure: 'cpu', atMost: 1.3 },
    ],
    limits: [
      { of: 'Espalier, kB held of an idle subscriber', samples: memory.get('Espalier')?.held ?? [], atMost: 15 },
    ],
    notes: [
      `${clientCount.toLocaleString('en')} subscribers of each server, ${1_000 / everyMs} updates a second, ${lengthOfAnswer} bytes each.`,
      `Memory of an idle subscriber, after garbage collection, in kB: ${[...memory].map(([name, { held, resident }]) => `${name} ${shown(spreadOf(held))} held, ${resident} resident`).join('; ')}. Held is what V8 and its buffers hold, by ${samples} times ${clientCount.toLocaleString('en')} more, who leave again; resident is by the first ${clientCount.toLocaleString('en')}, with which a process warms up.`,
    ],
    sliceMs: 4_000,
  })
} finally {
  for (const child of children) await end(child)
}

function start(file: string): ChildProcess {
  const child = fork(join(import.meta.dirname, 'fanout', `${file}.ts`), {
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
  })
  children.push(child)
  child.once('exit', (code) => {
    if (code) throw new Error(`${file} ended with ${code}.`)
  })
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.connected) return
  child.disconnect()
  await once(child, 'exit')
}

/** Kilobytes of one idle subscriber. */
interface MemoryOfSubscribers {
  /** In V8 and its buffers; a sample each time that so many more had come. */
  readonly held: readonly number[]
  /** In the process, by the first. */
  readonly resident: string
}

/** Connects the clients. What each costs the server is asked of as many more: with the first ones a process also warms up. */
async function memoryOfSubscribers(
  { child, url, cookies }: Running,
  clients: ChildProcess,
): Promise<MemoryOfSubscribers> {
  const reached = async (count: number) => {
    while ((await ask<number>(child, 'subscribers')) !== count) await setTimeout(100)
    return ask<Memory>(child, 'memory')
  }
  const open = () => ask(clients, { open: url, cookies, count: clientCount, subscribing: !url.endsWith('/bare') })
  const each = (bytes: number) => bytes / clientCount / 1_000
  const nobody = await reached(0)
  await open()
  let before = await reached(clientCount)
  const resident = each(before.resident - nobody.resident).toFixed(1)
  const held: number[] = []
  while (held.length < samples) {
    await open()
    const after = await reached(2 * clientCount)
    held.push(each(after.held - before.held))
    await ask(clients, { close: url, count: clientCount })
    before = await reached(clientCount)
  }
  return { held, resident }
}

function contestant({ name, child, url }: Running, clients: ChildProcess): Contestant {
  return {
    name,
    cpu: () => cpuOf(child.pid as number),
    slice: async (milliseconds): Promise<Slice> => {
      const updates = Math.max(1, Math.round(milliseconds / everyMs))
      const collected = ask<Collected>(clients, { collect: url, updates: updates * clientCount })
      for (let update = 0; update < updates; update += 1) {
        child.send('publish' satisfies Order)
        await setTimeout(everyMs)
      }
      const { latencies } = await collected
      return { done: latencies.length, latencies: [...latencies] }
    },
  }
}

interface Collected {
  readonly latencies: Float64Array
  /** The text of the last frame. */
  readonly last: string
}

/** What the clients get is the same but for ids, moments and the order of keys. */
async function refuseDifferentAnswers(running: readonly Running[], clients: ChildProcess): Promise<void> {
  const answers = []
  for (const { child, url } of running) {
    child.send('publish' satisfies Order)
    const { last } = await ask<Collected>(clients, { collect: url, updates: clientCount })
    const { id, type, payload } = JSON.parse(last)
    payload.data.pageMetrics.at = 0
    lengthOfAnswer = Buffer.byteLength(last)
    answers.push(JSON.stringify({ id: typeof id, length: id.length, type, payload }))
  }
  if (new Set(answers).size !== 1) throw new Error(`The servers do not send alike:\n${answers.join('\n')}`)
}

async function ask<Answer>(child: ChildProcess, order: Order | ClientOrder): Promise<Answer> {
  const answer = once(child, 'message')
  child.send(order)
  return (await answer)[0]
}
