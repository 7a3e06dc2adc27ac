/**
 * npm run bench -- testing-kit
 *
 * How long a test file waits for an installation of its own: `testApp` with one plugin, and with all of `espalier.config.ts`, on the
 * cluster that a test run shares. PostgreSQL copies the template while this process puts the kernel together, so the phases
 * "kernel" and "database" overlap. The schema is built with the first question, which is shown apart. The first boot of a run also
 * makes the template and warms the process up; it is shown, and left out of the medians. ROUNDS=15 sets the number of others.
 */
import type { TestProject } from 'vitest/node'
import { bootApp } from '../packages/core/src/testing/app.ts'
import type { TestCluster } from '../packages/core/src/testing/cluster.ts'
import setup from '../packages/core/src/testing/globalSetup.ts'
import { installedPlugins } from '../packages/server/src/plugins.ts'

const rounds = Number(process.env.ROUNDS ?? 15)

let cluster: TestCluster | undefined
const stop = await setup({ provide: (_key: string, value: TestCluster) => (cluster = value) } as unknown as TestProject)
if (!cluster) throw new Error('The setup gave no cluster.')

const all = await installedPlugins()
const one = all.filter(({ name }) => name === 'tracking')
try {
  const first = await boot(cluster, one)
  print('first boot of the run', [first])
  print('one plugin', await repeat(cluster, one))
  print(`all ${all.length} plugins`, await repeat(cluster, all))
} finally {
  await stop()
}

/** Milliseconds. */
type Boot = Record<'whole' | 'processor' | 'kernel' | 'database' | 'start' | 'server' | 'first question', number>

async function boot(on: TestCluster, plugins: typeof all): Promise<Boot> {
  const phases: Record<string, number> = {}
  const begin = performance.now()
  const used = process.cpuUsage()
  const app = await bootApp(on, { plugins }, (phase, milliseconds) => (phases[phase] = milliseconds))
  const whole = performance.now() - begin
  const { user, system } = process.cpuUsage(used)
  const viewer = await app.as('viewer')
  const asked = performance.now()
  await viewer.ask('{ __typename }')
  const question = performance.now() - asked
  await app.close()
  return { whole, processor: (user + system) / 1000, ...phases, 'first question': question } as Boot
}

async function repeat(on: TestCluster, plugins: typeof all): Promise<Boot[]> {
  const boots: Boot[] = []
  for (let round = 0; round < rounds; round++) boots.push(await boot(on, plugins))
  return boots
}

function print(title: string, boots: readonly Boot[]): void {
  const columns = Object.keys(boots[0] as Boot) as (keyof Boot)[]
  const figures = columns.map((column) => `${column} ${Math.round(median(boots.map((each) => each[column])))}`)
  process.stdout.write(`${title.padEnd(24)} ${figures.join('   ')}   ms\n`)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] as number
}
