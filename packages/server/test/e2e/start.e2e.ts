import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { seededRandom } from '@espalier/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { signIn } from './apiClient.ts'
import { isAlive, isTaken, postgresOf, processesThatName } from './leftovers.ts'
import { type OwnPostgres, startOwnPostgres } from './ownDatabase.ts'
import { newDataFolder, type Product, removeDataFolder, runCli, startProduct } from './product.ts'

const operations = await readFile(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8')
const folders: string[] = []
const products: Product[] = []

async function newFolder(): Promise<string> {
  const folder = await newDataFolder()
  folders.push(folder)
  return folder
}

async function start(dataFolder: string, env: Record<string, string> = {}): Promise<Product> {
  const product = await startProduct({ dataFolder, env })
  products.push(product)
  return product
}

afterAll(async () => {
  await Promise.all(products.map((product) => product.stop()))
  await Promise.all(folders.map(removeDataFolder))
})

describe('an installation', () => {
  let folder: string
  let first: Product

  beforeAll(async () => {
    folder = await newFolder()
    first = await start(folder)
  })

  test('says on its first start where to go and how to sign in', async () => {
    expect(first.output()).toMatch(
      new RegExp(
        [
          /Making a database cluster\n/,
          /.*Migrated the database \(\d+ new\)\n/,
          /\nEspalier is ready \(\d+\.\d s\)\.\n/,
          /\n {2}Admin +http:\/\/127\.0\.0\.1:\d+\/admin\/\n/,
          / {2}Demo page +http:\/\/127\.0\.0\.1:\d+\/p\/demo\/welcome\n/,
          / {2}Sign in as +demo@example\.com\n/,
          / {2}Password +[\w-]{16}\n/,
          / {2}GraphiQL +http:\/\/127\.0\.0\.1:\d+\/graphql\n/,
          /\nPress Ctrl-C to stop\.\n/,
        ]
          .map(({ source }) => source)
          .join(''),
      ),
    )
    for (const path of ['/admin/', '/p/demo/welcome', '/healthz', '/readyz'])
      expect((await fetch(first.url + path)).status, path).toBe(200)
    expect(await userWhoSignsIn(first)).toBe('demo@example.com')
  })

  test('keeps its data, its password and its secret over Ctrl-C and a new start', async () => {
    const random = seededRandom(1)
    const page = new URL('/p/demo/welcome', first.url)
    for (let visitor = 0; visitor < 5; visitor++) await simulateVisitor(page, random)
    const counts = await experimentCounts(first)
    expect(counts.exposures).toBe(5)
    const secret = await readFile(join(folder, 'secret'), 'utf8')
    const session = (await signIn(first)).cookie

    const postgres = await postgresOf(folder)
    expect(isAlive(postgres.pid)).toBe(true)
    expect(await first.stop()).toBe(0)
    expect(first.output()).toMatch(/\nStopping…\n$/)
    await expect.poll(() => processesThatName(folder, `kill -INT ${postgres.pid}`)).toEqual([])
    expect(isAlive(postgres.pid)).toBe(false)
    for (const port of [postgres.port, Number(new URL(first.url).port)]) expect(await isTaken(port)).toBe(false)

    const second = await start(folder)
    expect(second.output()).not.toMatch(/Making|Migrated/)
    expect(second.password).toBe(first.password)
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe(secret)
    expect(await experimentCounts(second)).toEqual(counts)
    const answer = await fetch(`${second.url}/api/auth/get-session`, { headers: { cookie: session } })
    expect(await answer.json()).toMatchObject({ user: { email: 'demo@example.com' } })
    console.log(`From a finished installation: ${/ready \((.*?)\)/.exec(second.output())?.[1]}.`)
    first = second
  })

  test('is refused to a second server while the first has it', async () => {
    expect(await startFails({ ESPALIER_DATA: folder })).toEqual([
      expect.stringMatching(
        /^The database in .* is in use by another running process\. Stop that one.* \[DATABASE_FOLDER_IN_USE\]$/,
      ),
    ])
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  })

  test('starts again after the server was killed, and loses nothing that it had acknowledged', async () => {
    await simulateVisitor(new URL('/p/demo/welcome', first.url), seededRandom(2))
    const counts = await experimentCounts(first)
    const { pid } = await postgresOf(folder)
    first.process.kill('SIGKILL')
    await expect.poll(() => isAlive(pid)).toBe(false)

    const next = await start(folder)
    expect(await experimentCounts(next)).toEqual(counts)
    expect(await next.stop()).toBe(0)
  })

  test('is backed up by a copy of its folder, made while it is stopped', async () => {
    const copy = join(await newFolder(), 'copy')
    execFileSync('cp', ['-a', folder, copy])
    const restored = await start(copy)
    expect((await experimentCounts(restored)).exposures).toBe(6)
    expect(restored.password).toBe(first.password)
    expect(await restored.stop()).toBe(0)
  })

  test('is not opened with a secret that is not its own', async () => {
    const file = join(folder, 'secret')
    const secret = await readFile(file, 'utf8')
    await writeFile(file, '')
    expect(await startFails({ ESPALIER_DATA: folder })).toEqual([
      expect.stringMatching(/^This database was set up before, with a secret that is not in .* \[SECRET_MISSING\]$/),
    ])
    await writeFile(file, secret)
  })
})

test('Ctrl-C during the first start leaves nothing running, and nothing in the way of the next', async () => {
  const folder = await newFolder()
  const run = runCli(['serve'], { ESPALIER_DATA: folder, PORT: '0' })
  await run.says(/Making a database cluster/)
  run.interrupt()
  expect(await run.ended, run.output()).toBeOneOf([0, 130])
  expect(run.output()).toMatch(/^ {2}Making a database cluster\n\nStopping…\n/)
  expect(processesThatName(folder)).toEqual([])
  const next = await start(folder)
  expect(next.output()).toMatch(/Password/)
  expect(await next.stop()).toBe(0)
})

describe('a start that cannot succeed ends with one line', () => {
  let taken: Server
  let takenPort: string

  beforeAll(async () => {
    taken = createServer()
    takenPort = await new Promise((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve(String((taken.address() as { port: number }).port)))
    })
  })
  afterAll(() => taken.close())

  test.concurrent('a port that is taken, and nothing is left running', async () => {
    const folder = await newFolder()
    expect(await startFails({ ESPALIER_DATA: folder, PORT: takenPort })).toEqual([
      `Port ${takenPort} on 127.0.0.1 is taken. Stop what listens there, or set PORT to another one. [PORT_TAKEN]`,
    ])
    expect(processesThatName(folder)).toEqual([])
  })

  test.concurrent.each([
    [
      'an address of another machine',
      { HOST: '192.0.2.1' },
      /^This machine has no address 192\.0\.2\.1\. .* \[ADDRESS_UNAVAILABLE\]$/,
    ],
    [
      'a port that is none',
      { PORT: '99999' },
      /^PORT is "99999": it must be a whole number from 0 to 65535\. \[SETTING_INVALID\]$/,
    ],
    [
      'a data folder that cannot be written',
      { ESPALIER_DATA: '/dev/null/espalier' },
      /^ESPALIER_DATA is \/dev\/null\/espalier, which cannot be used: .* \[DATA_FOLDER_UNUSABLE\]$/,
    ],
    [
      'a plugin that is not there',
      { ESPALIER_PLUGINS_OFF: 'pagse' },
      /^There is no plugin "pagse" to switch off\. The plugins are: tracking, landing-pages, experiments, prompts, ai, mail, operations, demo\. \[PLUGIN_UNKNOWN\]$/,
    ],
    [
      'a plugin that another requires',
      { ESPALIER_PLUGINS_OFF: 'experiments' },
      /^Plugin "landing-pages" requires "experiments", .* switch "landing-pages" off too\. \[PLUGIN_MISSING\]$/,
    ],
    [
      'a PostgreSQL that is not there',
      { DATABASE_URL: 'postgresql://me:hidden@127.0.0.1:1/mine' },
      /^The database at 127\.0\.0\.1:1\/mine cannot be reached: .*ECONNREFUSED.* Check DATABASE_URL.* \[DATABASE_UNREACHABLE\]$/,
    ],
    [
      'a Redis that is not there',
      { REDIS_URL: 'redis://:hidden@127.0.0.1:1' },
      /^Redis at 127\.0\.0\.1:1 does not answer: .* \[REDIS_UNREACHABLE\]$/,
    ],
  ] as const)('%s', async (_what, env, line) => {
    const folder = await newFolder()
    const lines = await startFails({ ESPALIER_DATA: folder, ...env })
    expect(lines).toEqual([expect.stringMatching(line)])
    expect(lines[0]).not.toContain('hidden')
    expect(processesThatName(folder)).toEqual([])
  })
})

describe('on a PostgreSQL of one’s own', () => {
  let postgres: OwnPostgres
  let url: string
  let folder: string

  beforeAll(async () => {
    postgres = await startOwnPostgres()
    url = await postgres.database('orchard')
    folder = await newFolder()
  })
  afterAll(() => postgres?.stop())

  test('starts as the owner of a database, who is no superuser', async () => {
    const product = await start(folder, { DATABASE_URL: url })
    expect(product.output()).not.toMatch(/cluster/)
    expect(await experimentCounts(product)).toMatchObject({ exposures: 0 })
    expect(await product.stop()).toBe(0)
  })

  test.each([
    [
      'a wrong password',
      async () => url.replace('of%20its%20own', 'hidden'),
      /^The database at 127\.0\.0\.1:\d+\/orchard cannot be reached: password authentication failed.* \[DATABASE_UNREACHABLE\]$/,
    ],
    [
      'a database that is not there',
      async () => url.replace(/orchard$/, 'meadow'),
      /^The database at 127\.0\.0\.1:\d+\/meadow cannot be reached: database "meadow" does not exist.* \[DATABASE_UNREACHABLE\]$/,
    ],
    [
      'another installation on the same server',
      () => postgres.database('hedge'),
      /^This PostgreSQL server has the roles espalier_app and espalier_system already, .* \[DATABASE_ROLES_TAKEN\]$/,
    ],
  ] as const)('%s ends the start with one line', async (_what, wrongUrl, line) => {
    const lines = await startFails({ ESPALIER_DATA: await newFolder(), DATABASE_URL: await wrongUrl() })
    expect(lines).toEqual([expect.stringMatching(line)])
    expect(lines[0]).not.toContain('hidden')
  })

  test('a set-up database without its secret, and an owner without the right to make roles, end it too', async () => {
    expect(await startFails({ ESPALIER_DATA: await newFolder(), DATABASE_URL: url })).toEqual([
      expect.stringMatching(/\[SECRET_MISSING\]$/),
    ])
    const other = await startOwnPostgres()
    try {
      const weak = await other.database('weak', 'nocreaterole')
      expect(await startFails({ ESPALIER_DATA: await newFolder(), DATABASE_URL: weak })).toEqual([
        expect.stringMatching(
          /^The role of DATABASE_URL lacks a right: permission denied .* \[DATABASE_RIGHTS_MISSING\]$/,
        ),
      ])
    } finally {
      await other.stop()
    }
  })
})

describe('settings that change what runs', () => {
  test('a plugin that is switched off takes its types and its demo page with it', async () => {
    const product = await start(await newFolder(), { ESPALIER_PLUGINS_OFF: 'landing-pages' })
    expect(product.output()).not.toMatch(/Demo page/)
    const api = await signIn(product)
    const { __schema } = await api.ask<{ __schema: { types: { name: string }[] } }>('{ __schema { types { name } } }')
    const types = __schema.types.map(({ name }) => name)
    expect(types).toContain('Experiment')
    // What the set-up leads to is a page for the visitor of any installation.
    expect(types.filter((name) => /Page(?!Info)/.test(name) && name !== 'LivePage')).toEqual([])
    expect((await fetch(`${product.url}/p/demo/welcome`)).status).toBe(404)
    expect(await product.stop()).toBe(0)

    const whole = await start(product.dataFolder)
    expect((await fetch(`${whole.url}/p/demo/welcome`)).status).toBe(200)
    expect(await whole.stop()).toBe(0)
  })

  test('in production there is neither introspection nor GraphiQL, unless allowed', async () => {
    const folder = await newFolder()
    const product = await start(folder, { NODE_ENV: 'production' })
    expect(product.output()).not.toMatch(/GraphiQL/)
    await expect((await signIn(product)).ask('{ __schema { types { name } } }')).rejects.toThrow(/introspection/i)
    expect(await graphiql(product)).toBe(false)
    expect(await product.stop()).toBe(0)

    const allowed = await start(folder, { NODE_ENV: 'production', ESPALIER_INTROSPECTION: 'on' })
    expect(allowed.output()).toMatch(/GraphiQL/)
    await (await signIn(allowed)).ask('{ __schema { types { name } } }')
    expect(await graphiql(allowed)).toBe(true)
    expect(await allowed.stop()).toBe(0)
  })
})

/** Starts the product in the hope that it refuses. @returns the lines that it printed; fails when it exits with 0 */
async function startFails(env: Record<string, string>): Promise<string[]> {
  const run = runCli(['serve'], { PORT: '0', ...env })
  run.says(/Press Ctrl-C/).then(
    () => run.interrupt(),
    () => {},
  )
  expect(await run.ended, run.output()).toBe(1)
  const code = /\[([A-Z_]+)\]\n$/.exec(run.output())?.[1]
  expect(operations, 'docs/operations.md, Troubleshooting').toContain(`\`${code}\``)
  // Progress is indented; what is left is what stopped it.
  return run
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('  '))
}

async function experimentCounts(product: Product) {
  const api = await signIn(product)
  const { experiment } = await api.ask<{ experiment: { results: { exposures: number; goal: { sum: number } } } }>(
    '{ experiment(key: "headline") { results { exposures goal { sum variants { exposures sum } } } } }',
  )
  return experiment.results
}

async function userWhoSignsIn(product: Product): Promise<string> {
  const api = await signIn(product)
  return (await api.ask<{ viewer: { user: { email: string } } }>('{ viewer { user { email } } }')).viewer.user.email
}

async function graphiql({ url }: Product): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
  return /graphiql/i.test(await response.text())
}
