import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'

/**
 * What this process and a PostgreSQL on this machine use together.
 *
 * @returns what says it: milliseconds of CPU so far, those of backends that have ended among them
 */
export async function cpuWith(database: pg.Pool | pg.Client): Promise<() => number> {
  const { rows } = await database.query<{ pid: number }>('select pg_backend_pid() as "pid"')
  const postmaster = processOf(rows[0]?.pid)?.parent
  if (postmaster === undefined) throw new Error('The PostgreSQL does not run on this machine.')
  return () => {
    const running = readdirSync('/proc').flatMap((name) => {
      const process = /^\d+$/.test(name) ? processOf(Number(name)) : undefined
      return process?.parent === postmaster ? [process.cpu] : []
    })
    const { user, system } = process.cpuUsage()
    const { cpu = 0, cpuOfEnded = 0 } = processOf(postmaster) ?? {}
    return (user + system) / 1_000 + running.reduce((sum, one) => sum + one, cpu + cpuOfEnded)
  }
}

/** Of /proc/PID/stat, fields 4 and 14 to 17, in ticks of 10 ms. Undefined where it has ended. */
function processOf(pid = 0): { parent: number; cpu: number; cpuOfEnded: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * 10
    return { parent: Number(fields[1]), cpu: ticks(11), cpuOfEnded: ticks(13) }
  } catch {
    return undefined
  }
}
