import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, type Member, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { broken } from './rig/phases.ts'
import type { Tally } from './rig/tally.ts'
import { Watcher } from './rig/watcher.ts'

const brokenMs = full ? 15_000 : 3_000

describe.runIf(topologies.includes('two'))('Redis gone, and back', () => {
  let installation: Installation
  let load: Load

  beforeAll(async () => {
    installation = await Installation.start({ topology: 'two', env: loadEnv })
    load = await Load.open(installation, { seed: 5 })
  })
  afterAll(async () => {
    await load?.close()
    await installation?.stop()
  })

  const kinds = ['page', 'collect', 'read', 'write']
  const seen = (during: Tally) => kinds.every((kind) => during.count('answered', kind) > 0)
  const redis = () => installation.redis as NonNullable<Installation['redis']>

  test.each([
    {
      fault: 'Redis is killed and comes back',
      breaks: () => redis().kill(),
      mends: () => redis().restart(),
    },
    {
      fault: 'Redis takes connections and does not answer',
      breaks: async () => redis().hang(),
      mends: async () => redis().resume(),
    },
  ])('$fault: everything goes on, what is live is live again', async ({ fault, breaks, mends }) => {
    const { during, backAfterMs, effectAfterMs } = await broken(load, brokenMs, { breaks, mends, seen })
    console.log(fault, during.sentence, during.failures)
    expect(during.failures).toEqual([])
    expect(during.count('refused')).toBe(0)
    for (const kind of kinds) expect(during.count('answered', kind)).toBeGreaterThan(0)
    expect(installation.balancer.ready).toBe(2)

    const liveAfterMs = await heardFromTheOther()
    await expect.poll(() => openJobs(installation)).toBe(0)
    await expect.poll(async () => (await audit(installation, load)).goalsUntold).toBe(0)
    const found = await audit(installation, load)
    expect(found).toMatchObject({ lost: 0, miscounted: [], changesWrong: 0, goalsToldTwice: 0 })
    await report({
      fault: `${fault}, two servers and two workers`,
      seen: 'Nothing fails; what happens on one server is not seen live on the other meanwhile',
      measured: `${brokenMs / 1_000} s: ${during.sentence}; live across servers ${Math.round(liveAfterMs)} ms after a visit; job done ${effectAfterMs} ms, all kinds of requests ${backAfterMs} ms after the return; ${found.acknowledged} events acknowledged, ${found.lost} lost`,
      promise: 'Pages, events, GraphQL and jobs go on; live updates across servers within 3 s of the return',
    })
    if (full) expect(liveAfterMs).toBeLessThan(3_000)
  })

  /** @returns how long it takes until who watches over one server sees a visitor of the other. Milliseconds */
  async function heardFromTheOther(): Promise<number> {
    const [a, b] = installation.servers as [Member, Member]
    const watcher = new Watcher(b.url, load.client.cookie, installation.url)
    try {
      await expect.poll(() => watcher.results).toBeGreaterThan(0)
      const began = performance.now()
      const before = watcher.visitors
      await load.served(a.url)
      await expect.poll(() => watcher.visitors, { interval: 20 }).toBeGreaterThan(before)
      return performance.now() - began
    } finally {
      await watcher.stop()
    }
  }
})
