import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { Watcher } from './rig/watcher.ts'

const rounds = full ? 5 : 1

/** Longer than the balancer takes to notice, and to give up on a slow answer of `/readyz`. */
const drainSeconds = 3

describe.runIf(topologies.includes('two'))(
  'a deployment: every process ends and begins again, one after another',
  () => {
    let installation: Installation
    let load: Load

    beforeAll(async () => {
      installation = await Installation.start({
        topology: 'two',
        env: { ...loadEnv, ESPALIER_DRAIN_SECONDS: `${drainSeconds}` },
      })
      load = await Load.open(installation, { seed: 8 })
    })
    afterAll(async () => {
      await load?.close()
      await installation?.stop()
    })

    test('no request fails, whoever watches is led to the other server, and every process ends in order', async () => {
      const watchers = [0, 1, 2, 3].map(() => new Watcher(installation.url, load.client.cookie))
      await expect.poll(() => watchers.map(({ connections }) => connections)).toEqual([1, 1, 1, 1])
      load.begin()
      for (let round = 0; round < rounds; round++)
        for (const member of installation.members) {
          await pause(300)
          expect(await member.terminate(), member.everything).toBe(0)
          await member.start()
          await installation.allReady()
        }
      const results = watchers.map((watcher) => watcher.results)
      await expect
        .poll(() => watchers.every((watcher, index) => watcher.results > (results[index] as number)))
        .toBe(true)
      await load.end()
      expect(load.tally.failures).toEqual([])
      expect(load.tally.count('refused')).toBe(0)
      const codes = watchers.flatMap((watcher) => watcher.closedWith)
      // Each server ended, in each round: whoever watched over it was told to go elsewhere.
      expect(codes.length).toBeGreaterThanOrEqual(watchers.length * rounds)
      expect(new Set(codes)).toEqual(new Set([1001]))
      expect(watchers.map(({ ended }) => ended)).toEqual([false, false, false, false])
      for (const watcher of watchers) await watcher.stop()
    })

    test('nothing acknowledged is lost, no job is', async () => {
      await expect.poll(() => openJobs(installation)).toBe(0)
      await expect.poll(async () => (await audit(installation, load)).goalsUntold).toBe(0)
      const found = await audit(installation, load)
      expect(found).toMatchObject({ lost: 0, miscounted: [], changesWrong: 0, goalsUntold: 0, goalsToldTwice: 0 })
      expect(found.deliveriesRepeated).toBe(0)
      const failed = await installation.query(`select name, output from pgboss.job where state = 'failed'`)
      expect(failed).toEqual([])
      await report({
        fault: 'A deployment (SIGTERM, under load), two servers and two workers one after another',
        seen: 'Nothing; who watches is connected anew',
        measured: `${rounds} rounds: ${load.tally.count('answered')} requests, ${load.tally.count('failures')} failed; ${found.acknowledged} events acknowledged, ${found.lost} lost; ${found.goals} goals, ${found.goalsUntold} untold, ${found.deliveriesRepeated} told again`,
        promise:
          'No request fails, no job is lost or done twice; WebSockets are closed with 1001, on which clients connect anew',
      })
    })
  },
)
