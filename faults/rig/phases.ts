import { setTimeout as pause } from 'node:timers/promises'
import type { Installation } from './installation.ts'
import type { Load } from './load.ts'
import type { Tally } from './tally.ts'

/** What was seen while something was broken, and after it was mended. */
export interface Broken {
  /** Of requests that ended while it was broken. */
  readonly during: Tally
  /** From the mending until pages, events, reading and changes are answered. Milliseconds. */
  readonly backAfterMs: number
  /** From the mending until the effect of a job is seen. Milliseconds. */
  readonly effectAfterMs: number
}

interface Fault {
  readonly breaks: () => Promise<unknown>
  readonly mends: () => Promise<unknown>
  /** Whether enough has happened while it was broken. */
  readonly seen: (during: Tally) => boolean
}

/**
 * Breaks something under load, leaves it broken for a while, mends it, and waits until everything works by itself again.
 *
 * @param forMs how long it stays broken at least; longer on a slow machine, until `seen` holds, for half a minute at most
 */
export async function broken(load: Load, forMs: number, { breaks, mends, seen }: Fault): Promise<Broken> {
  load.begin()
  await pause(500)
  await breaks()
  const during = load.phase()
  await pause(forMs)
  for (const deadline = Date.now() + 30_000; !seen(during) && Date.now() < deadline; ) await pause(50)
  await mends()
  load.phase()
  const told = load.effects.deliveries.size
  const began = performance.now()
  const [backAfterMs, effectAfterMs] = await Promise.all([load.allServed(), effectAfter(load, told, began)])
  await load.end()
  return { during, backAfterMs: Math.round(backAfterMs), effectAfterMs: Math.round(effectAfterMs) }
}

async function effectAfter({ effects }: Load, told: number, began: number): Promise<number> {
  while (effects.deliveries.size === told) {
    if (performance.now() - began > 150_000) throw new Error('No effect of a job was seen within 150 s.')
    await pause(20)
  }
  return performance.now() - began
}

/** Connections of the product to its database that are open now, and those that have kept a transaction open for two seconds. */
export async function connections(installation: Installation): Promise<{ open: number; stuck: number }> {
  const [row] = await installation.query<{ open: number; stuck: number }>(`
    select count(*)::int as "open",
      count(*) filter (where state like 'idle in transaction%' and state_change < now() - interval '2 seconds')::int as "stuck"
    from pg_stat_activity where datname = 'orchard' and application_name <> 'fault'`)
  return row ?? { open: 0, stuck: 0 }
}

/** At most so many connections a process opens: both pools, and one that listens for jobs. */
export const connectionsOfAProcess = 17
