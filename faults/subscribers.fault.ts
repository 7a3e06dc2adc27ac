import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { full, report } from './rig/faultTable.ts'
import { Installation, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { Viewer, type ViewerOptions } from './rig/viewers.ts'
import { residentBytes, Vitals } from './rig/vitals.ts'

const viewerCount = 1_000
const stalledCount = 20
/** It takes half a minute to know them from quiet ones. */
const deadCount = full ? 20 : 0
const rounds = full ? 5 : 1
const megabyte = 1024 * 1024

/** The live numbers of the dashboard; thirty times over, where the bytes are to count. */
const small = 'subscription { liveMetrics { visitors eventsPerSecond } }'
const aliases = Array.from({ length: 14 }, (_, n) => `visitors${n}: visitors events${n}: eventsPerSecond`)
const large = `subscription { liveMetrics { ${aliases.join(' ')} } }`

describe.each(full ? topologies : (['one'] as const))(
  'subscribers that are slow, dead, or all back at once, topology %s',
  (topology) => {
    /** All of them watch one server; what they see may have come to the other. */
    const of = topology === 'one' ? 'one process' : 'one of two servers'
    /** Of the installation's four processes, or its one. */
    const connectionsAtMost = topology === 'one' ? 60 : 120
    let installation: Installation
    let load: Load
    let viewers: Viewer[]

    beforeAll(async () => {
      installation = await Installation.start({ topology, env: loadEnv })
      load = await Load.open(installation, { seed: 23 })
      load.begin()
    })
    afterAll(async () => {
      for (const viewer of viewers ?? []) viewer.stop()
      await load?.close()
      await installation?.stop()
    })

    const server = () => {
      const [watched] = installation.servers
      if (!watched) throw new Error('No server was started.')
      return watched
    }
    const open = (count: number, options: Partial<ViewerOptions> = {}) =>
      Array.from({ length: count }, (_, n) => {
        const { url } = server()
        // 1,000 sockets of one address are let in: these come from several, through two proxies.
        const address = `10.77.${options.operations ?? 0}.${n % 10}, 10.0.0.1`
        return new Viewer({ url, cookie: load.client.cookie, query: small, address, ...options })
      })
    const back = () => expect.poll(() => viewers.filter(({ results }) => results > 0).length).toBe(viewerCount)
    const feel = () => {
      const vitals = new Vitals(installation)
      onTestFinished(async () => void (await vitals.end()))
      return vitals
    }
    /** Each has a result that is not older than so many seconds. */
    const upToDate = (seconds: number) => {
      const since = performance.now() - seconds * 1_000
      return viewers.filter(({ latest }) => latest > since).length
    }

    test('a thousand come at once, and each gets the numbers', async () => {
      const vitals = feel()
      viewers = open(viewerCount)
      await back()
      await vitals.end()
      expect(vitals.unanswered).toEqual([])
    })

    test('slow ones and dead ones cost a bounded amount of memory and are closed; nobody else notices', async () => {
      const before = residentBytes(server().pid)
      const vitals = feel()
      const stalled = open(stalledCount, { query: large, operations: 100, stalls: true })
      const dead = open(deadCount, { operations: 1, pongs: false, stalls: true })
      onTestFinished(() => {
        for (const viewer of [...stalled, ...dead]) viewer.stop()
      })
      await expect.poll(() => [...stalled, ...dead].every(({ results }) => results > 0)).toBe(true)
      const began = performance.now()
      // Two pings go unanswered, 15 s apart.
      await expect.poll(() => openSockets(server().url)).toBe(viewerCount)
      const closedAfter = (performance.now() - began) / 1_000
      await expect.poll(() => upToDate(5)).toBe(viewerCount)
      await vitals.end()
      expect(vitals.unanswered).toEqual([])
      const grown = (vitals.memory - before) / megabyte
      expect(grown, 'MB').toBeLessThan(300)
      await report({
        fault: `Slow and dead subscribers of ${of}`,
        seen: 'nothing; they themselves: closed, and the whole current value when they come back',
        measured: `${stalledCount} that stop reading ${stalledCount * 100} subscriptions and ${deadCount} that answer no ping, beside ${viewerCount} others: closed within ${closedAfter.toFixed(0)} s, ${grown.toFixed(0)} MB more at most, slowest /healthz ${vitals.slowest.toFixed(0)} ms, ${viewerCount} of ${viewerCount} others up to date`,
        promise:
          'Memory stays bounded: 64 kB and 64 results each; who reads nothing for 10 s or answers no ping for 30 s is closed',
      })
    })

    test('a thousand whose connections break are back at once', async () => {
      let slowest = 0
      let connections = 0
      let healthz = 0
      let memory = 0
      for (let round = 0; round < rounds; round++) {
        const vitals = feel()
        const began = performance.now()
        for (const viewer of viewers) viewer.breakOff()
        await back()
        slowest = Math.max(slowest, performance.now() - began)
        const felt = await vitals.end()
        expect(felt.unanswered).toEqual([])
        connections = Math.max(connections, felt.connections)
        healthz = Math.max(healthz, felt.slowest)
        memory = Math.max(memory, felt.memory / megabyte)
        await expect.poll(() => openSockets(server().url)).toBe(viewerCount)
      }
      expect(connections).toBeLessThan(connectionsAtMost)
      expect(memory, 'MB').toBeLessThan(900)
      expect(viewers.flatMap(({ refusals }) => refusals)).toEqual([])
      expect(load.tally.failures).toEqual([])
      await report({
        fault: `1,000 clients of ${of} that reconnect at once: their connections break`,
        seen: 'a pause, then the current numbers',
        measured: `${rounds}×: all back, signed in again and with a result, within ${(slowest / 1_000).toFixed(1)} s; slowest /healthz ${healthz.toFixed(0)} ms, ${connections} connections to PostgreSQL, ${memory.toFixed(0)} MB, no other request failed`,
        promise: 'They wait for each other, and the server answers all along',
      })
    })

    // Two starts of the product for each round.
    test.runIf(full)('a thousand whose server is killed or replaced are back as soon as it is', async () => {
      const times: number[] = []
      let connections = 0
      for (let round = 0; round < rounds; round++) {
        for (const end of ['kill', 'terminate'] as const) {
          for (const viewer of viewers) viewer.results = 0
          await server()[end]()
          await server().start()
          const vitals = feel()
          const ready = performance.now()
          await back()
          times.push((performance.now() - ready) / 1_000)
          const felt = await vitals.end()
          expect(felt.unanswered).toEqual([])
          connections = Math.max(connections, felt.connections)
        }
      }
      expect(viewers.flatMap(({ refusals }) => refusals)).toEqual([])
      expect(server().everything).not.toMatch(/unhandled|uncaught/i)
      // Who was told to go away was told so; from the killed one nobody hears anything.
      const codes = new Set(viewers.flatMap(({ closedWith }) => closedWith))
      expect([...codes].toSorted()).toEqual([1001, 1006])
      await report({
        fault: `1,000 clients of ${of} that reconnect at once: it is killed, or replaced`,
        seen: 'a pause, then the current numbers',
        measured: `${times.length}×: all back with a result within ${Math.max(...times).toFixed(1)} s after the server was, ${connections} connections to PostgreSQL`,
        promise: 'They wait for each other, and the server answers all along',
      })
    })
  },
)

/** As the server counts them. */
async function openSockets(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^espalier_websockets(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}
