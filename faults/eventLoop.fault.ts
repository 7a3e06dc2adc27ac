import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, type Member, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { Releases } from './rig/releases.ts'
import { Watcher } from './rig/watcher.ts'

/** A server that does nothing but count, as with a regular expression that runs away. */
const spinning = `get('/ripeness/:milliseconds', { access: 'anonymous', limit: false }, (_, { params }) => {
  const end = Date.now() + Number(params.milliseconds)
  while (Date.now() < end);
  return new Response('round')
})`

const rounds = full ? 5 : 1
const standsMs = 4_000
/** Longer than a worker may be silent (20 s, looked for every 5 s). */
const silentMs = 32_000

describe.skipIf(!topologies.includes('two'))('an event loop that does not turn', () => {
  let installation: Installation
  let releases: Releases
  let load: Load
  let watchers: Watcher[]

  beforeAll(async () => {
    releases = await Releases.begin()
    await releases.release({}, spinning)
    installation = await Installation.start({ topology: 'two', env: { ...loadEnv, ...releases.env } })
    load = await Load.open(installation, { seed: 11 })
    watchers = [0, 1, 2, 3].map(() => new Watcher(installation.url, load.client.cookie))
    load.begin()
  })
  afterAll(async () => {
    for (const watcher of watchers ?? []) await watcher.stop()
    await load?.close()
    await installation?.stop()
    await releases?.end()
  })

  /** Somebody comes five times a second. @returns how many of them were served, at least one, while `standsMs` passed */
  async function visitorsGoOn(came: Promise<unknown>[]): Promise<number> {
    let served = 0
    const end = performance.now() + standsMs
    await expect
      .poll(
        () => {
          came.push(load.served().then(() => served++))
          return served > 0 && performance.now() > end
        },
        { message: 'visitors go on', interval: 200 },
      )
      .toBe(true)
    return served
  }

  test('of a server: the others serve on, it answers late what it was asked, and subscriptions go on', async () => {
    await expect.poll(() => watchers.every(({ results }) => results > 0)).toBe(true)
    let meanwhile = 0
    for (let round = 0; round < rounds; round++) {
      const [stopped, spinner] = [installation.servers[round % 2], installation.servers[(round + 1) % 2]] as [
        Member,
        Member,
      ]
      process.kill(stopped.pid, 'SIGSTOP')
      const came: Promise<unknown>[] = []
      try {
        // Those whom the balancer gives to it, until it knows, wait for it.
        meanwhile += await visitorsGoOn(came)
      } finally {
        process.kill(stopped.pid, 'SIGCONT')
      }
      await Promise.all(came)
      await installation.allReady()
      // As good as stopped, but it takes connections, and its timers are all due at once afterwards.
      expect(await (await fetch(`${spinner.url}/ripeness/${standsMs}`)).text()).toBe('round')
      expect((await fetch(`${spinner.url}/healthz`)).status).toBe(200)
      await installation.allReady()
    }
    const results = watchers.map((watcher) => watcher.results)
    await expect.poll(() => watchers.every((watcher, index) => watcher.results > (results[index] as number))).toBe(true)
    expect(watchers.map(({ ended }) => ended)).toEqual([false, false, false, false])
    expect(load.tally.failures).toEqual([])
    await report({
      fault: 'A full event loop of a server, two servers',
      seen: 'up to a pause of that length, where the balancer had given the request to it, or 10 s where it stands still in a transaction that others wait for; subscriptions go on',
      measured: `${rounds}× stopped and ${rounds}× spinning for ${standsMs / 1000} s: ${load.tally.sentence}; ${meanwhile} who came while a server was stopped served meanwhile, ${watchers.length} of ${watchers.length} subscriptions go on`,
      promise: 'No request fails; who is refused is told when to come back',
    })
  })

  // As long as a worker has to be silent before others take its jobs.
  test.runIf(full)('of a worker: its jobs run elsewhere, and once it is back nothing counts twice', async () => {
    const [worker] = installation.workers
    process.kill(worker?.pid as number, 'SIGSTOP')
    await pause(silentMs)
    process.kill(worker?.pid as number, 'SIGCONT')
    await pause(1_000)
  })

  test('loses nothing, and counts nothing twice', async () => {
    await load.end()
    await expect.poll(() => openJobs(installation)).toBe(0)
    const { lost, miscounted, changesWrong, goalsUntold, goalsToldTwice, ...found } = await audit(installation, load)
    expect({ lost, miscounted, changesWrong, goalsUntold, goalsToldTwice }).toEqual({
      lost: 0,
      miscounted: [],
      changesWrong: 0,
      goalsUntold: 0,
      goalsToldTwice: 0,
    })
    if (!full) return
    await report({
      fault: 'A worker that stands still for longer than it may be silent, two workers',
      seen: 'a delivery twice under one id, where it had begun: the documented window',
      measured: `${silentMs / 1000} s: ${found.acknowledged} events, 0 lost, 0 counted twice; ${found.goals} goals told, ${found.deliveriesRepeated} deliveries repeated under their id`,
      promise: 'Jobs run elsewhere within 25 s, effects count once',
    })
  })
})
