import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit, openJobs } from './rig/audit.ts'
import { full, report } from './rig/faultTable.ts'
import { Installation, inWords, topologies } from './rig/installation.ts'
import { Load, loadEnv } from './rig/load.ts'
import { Watcher } from './rig/watcher.ts'

const hour = 3_600_000
const day = 24 * hour

/** Where the clock stands, one after another: forward and back, by an hour and by a day. */
const jumps = full ? [hour, 0, -hour, 0, day, 0, -day, 0, day, -day, 0] : [hour, -hour, day, -day, 0]

describe.each(full ? topologies : (['one'] as const))('a clock that jumps under what runs, topology %s', (topology) => {
  let installation: Installation
  let load: Load
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'espalier-clock-'))
    await setClock(0)
    installation = await Installation.start({
      topology,
      env: {
        ...loadEnv,
        NODE_OPTIONS: `--import=${join(import.meta.dirname, 'rig/jumpingClock.ts')}`,
        CLOCK_FILE: join(folder, 'ahead'),
      },
    })
    load = await Load.open(installation, { seed: 5 })
  })
  afterAll(async () => {
    await load?.close()
    await installation?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const setClock = async (aheadMs: number) => {
    await writeFile(join(folder, 'ahead'), `${aheadMs}`)
    // Read twenty times a second, where there is time for it.
    await pause(500)
  }
  const acknowledged = () => load.sent.filter((event) => event.acknowledged).length

  test('visitors, people and subscriptions notice nothing, nothing is lost or counted twice', async () => {
    const watcher = new Watcher(installation.url, load.client.cookie)
    load.begin()
    for (const aheadMs of jumps) {
      await setClock(aheadMs)
      const [before, changes, shown] = [acknowledged(), load.tally.count('answered', 'write'), watcher.results]
      await expect.poll(acknowledged, { message: `events at ${aheadMs}` }).toBeGreaterThan(before + 20)
      // Who was signed in stays so, and what they do is done.
      await expect.poll(() => load.tally.count('answered', 'write')).toBeGreaterThan(changes)
      await expect.poll(() => watcher.results, { message: `subscription at ${aheadMs}` }).toBeGreaterThan(shown)
      const { experiment } = await load.client.ask<{ experiment: { results: { exposures: number } } }>(
        '{ experiment(key: "headline") { results { exposures } } }',
      )
      expect(experiment.results.exposures).toBeGreaterThan(0)
    }
    await load.end()
    expect(watcher.ended).toBe(false)
    await watcher.stop()
    expect(load.tally.failures).toEqual([])
    await expect.poll(() => openJobs(installation)).toBe(0)
    await expect.poll(async () => (await audit(installation, load)).goalsUntold).toBe(0)
    const { lost, miscounted, changesWrong, goalsToldTwice, ...found } = await audit(installation, load)
    expect({ lost, miscounted, changesWrong, goalsToldTwice }).toEqual({
      lost: 0,
      miscounted: [],
      changesWrong: 0,
      goalsToldTwice: 0,
    })
    await report({
      fault: `The clock of a server jumps, ${inWords[topology]}`,
      seen: 'times that the wrong clock gave; keys that have ended by it',
      measured: `${jumps.length} jumps, forward and back, by an hour and by a day: ${load.tally.sentence}; ${found.acknowledged} events, ${found.changes} changes, ${found.goals} goals: 0 lost, 0 counted twice`,
      promise: 'Nothing is lost, stalls, or happens twice',
    })
  })

  test('whoever tried too often is let in again soon, also where the clock has gone back', async () => {
    const { url } = installation
    const signIn = () =>
      fetch(`${url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ email: 'nobody@example.com', password: 'guessed' }),
      })
    await setClock(day)
    await expect.poll(async () => (await signIn()).status).toBe(429)
    await setClock(0)
    const refused = await signIn()
    const told = Number(refused.headers.get('x-retry-after') ?? refused.headers.get('retry-after') ?? 0)
    expect(told, 'not for a day').toBeLessThanOrEqual(120)
  })

  test('what ends at an instant ends by the clock, and schedules go on', async () => {
    const soon = new Date(Date.now() + 2 * hour).toISOString()
    const { createApiKey } = await load.client.ask<{ createApiKey: { data: { key: string } } }>(
      `mutation ($at: DateTime!) { createApiKey(input: { name: "soon over", scopes: ["experiments:read"], expiresAt: $at }) {
        ... on CreateApiKeySuccess { data { key } } } }`,
      { at: soon },
    )
    const asks = async () => {
      const answer = await fetch(`${installation.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${createApiKey.data.key}` },
        body: JSON.stringify({ query: '{ experiments(first: 1) { edges { node { id } } } }' }),
      })
      return JSON.stringify(await answer.json()).includes('"data":{"experiments"') ? 'answered' : 'refused'
    }
    expect(await asks()).toBe('answered')
    await setClock(day)
    await expect.poll(asks).toBe('refused')
    // Longer than the queue takes to look what is due.
    await pause(6_000)
    await setClock(0)
    await expect.poll(asks).toBe('answered')

    // What comes once a day comes at its hour by PostgreSQL's clock, not when the server takes it for another day.
    const untimely = () =>
      installation.query(
        `select s."name", s."key", j.created_on::text as "at" from pgboss.job j
          join pgboss.schedule s on j.singleton_key = replace(s."name", '_', '\\_') || '__' || s."key"
          where j."name" = '__pgboss__send-it' and s."cron" ~ '^\\d+ \\d+ \\* \\* \\*$' and abs(extract(epoch from
            (j.created_on at time zone 'UTC')::time - make_time(split_part(s."cron", ' ', 2)::int, split_part(s."cron", ' ', 1)::int, 0))) > 120`,
      )
    expect(await untimely()).toEqual([])
    // What comes each minute goes on.
    const ticks = () =>
      installation.query<{ minute: string }>(
        `select distinct singleton_on::text as "minute" from pgboss.job where "name" = '__pgboss__send-it' order by 1`,
      )
    expect((await ticks()).length).toBeGreaterThan(0)
    if (!full) return
    const last = (await ticks()).at(-1)?.minute ?? ''
    await expect.poll(async () => (await ticks()).at(-1)?.minute ?? '', { timeout: 150_000 }).not.toBe(last)
    expect(await untimely()).toEqual([])
  })
})
