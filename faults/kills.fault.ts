import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '@espalier/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, inWords, type Member, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'

const kills = full ? 50 : 4
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

/** How long it may take until visitors are served and counted again, and a job's effect is seen again. Milliseconds. */
const promisedMs = 3_000

// In short, the one where more can go wrong.
describe.each(full ? topologies : topologies.slice(-1))(
  'processes killed at random moments under load, topology %s',
  (topology) => {
    const random = seededRandom(seed)
    let installation: Installation
    let load: Load
    const recoveries: Record<'server' | 'worker', number[]> = { server: [], worker: [] }

    beforeAll(async () => {
      installation = await Installation.start({ topology, env: loadEnv })
      load = await Load.open(installation, { seed })
    })
    afterAll(async () => {
      await load?.close()
      await installation?.stop()
    })

    test(`${kills} times, and each time it serves again`, async () => {
      console.log(`SEED=${seed}`)
      load.begin()
      for (let kill = 1; kill <= kills; kill++) {
        await pause(random.next() * 1_500)
        const { members } = installation
        const victim = members[Math.floor(random.next() * members.length)] as Member
        const kind = victim.name.startsWith('server') ? 'server' : 'worker'
        const began = performance.now()
        await victim.kill()
        const back = victim.start()
        await (kind === 'server' ? load.served() : effectSeen(load))
        recoveries[kind].push(performance.now() - began)
        await back
        await installation.allReady()
      }
      await load.end()
    })

    test('nothing acknowledged is lost, nothing is counted twice, every effect is seen', async () => {
      await expect.poll(() => openJobs(installation)).toBe(0)
      await expect.poll(async () => (await audit(installation, load)).goalsUntold).toBe(0)
      const found = await audit(installation, load)
      expect(found).toMatchObject({ lost: 0, miscounted: [], changesWrong: 0, goalsUntold: 0, goalsToldTwice: 0 })
      expect(found.acknowledged).toBe(load.sent.length)
      // The window that is documented: what a process was posting when it died.
      expect(found.deliveriesRepeated).toBeLessThanOrEqual(2 * kills)
      const all = [...recoveries.server, ...recoveries.worker]
      const slowest = Math.round(Math.max(...all))
      const late = all.filter((recovery) => recovery >= promisedMs).length
      console.log(load.tally.sentence, load.tally.failures)
      await report({
        fault: `SIGKILL of a random process under load, ${inWords[topology]}`,
        seen: 'Requests under way break off; repeated, they are answered',
        measured: `${kills} kills: ${found.acknowledged} events acknowledged, ${found.lost} lost, ${found.miscounted.length} counts off; ${found.changes} changes, ${found.changesWrong} lost or made twice; ${found.goals} goals, ${found.goalsUntold} untold, ${found.deliveriesRepeated} posted again under the same id; serving again after ${median(all)} ms (slowest ${slowest} ms)`,
        promise: `Nothing acknowledged is lost or counted twice; served again within 3 s (${late === 0 ? 'kept' : `not kept ${late} times of ${kills}`}); a webhook may come again under its id`,
      })
      // A machine that also runs the other tests is no measure of time.
      if (full) expect(slowest).toBeLessThan(promisedMs)
    })
  },
)

/** Resolves when the program was told of another goal. */
async function effectSeen({ effects }: Load): Promise<void> {
  const before = effects.deliveries.size
  await expect.poll(() => effects.deliveries.size, { interval: 20 }).toBeGreaterThan(before)
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number)
}
