import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const manifests = globSync(
  [
    'package.json',
    'prisma/package.json',
    'packages/*/package.json',
    'packages/plugins/*/package.json',
    'examples/*/package.json',
  ],
  { cwd: root },
)
  // An example with a lock file of its own is a project apart: Next.js, for one, wants another TypeScript.
  .filter((file) => file === 'package.json' || !existsSync(join(root, dirname(file), 'package-lock.json')))
  .map((file) => ({ file, ...JSON.parse(readFileSync(join(root, file), 'utf8')) }))

/** What the house takes from others, as `file: name version`. */
const taken = manifests.flatMap(({ file, dependencies, devDependencies }) =>
  Object.entries<string>({ ...dependencies, ...devDependencies })
    .filter(([name]) => !name.startsWith('@espalier/'))
    .map(([name, version]) => ({ file, name, version })),
)

const rows = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, name, purpose, reason] = /^\| `([^`]+)` \| (.+?) \|(.*)\|$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, purpose, reason }]
  })

describe('docs/dependencies.md', () => {
  it('has a line for every package that the house takes', () => {
    const missing = taken.filter(({ name }) => !rows.some((row) => row.name === name))
    expect(missing.map(({ name, file }) => `${name} of ${file}`)).toEqual([])
    expect(taken.length).toBeGreaterThan(50)
  })

  it('has no line for a package that is gone, and none twice', () => {
    const names = rows.map(({ name }) => name)
    expect(names.filter((name) => !taken.some((each) => each.name === name))).toEqual([])
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})

describe('a version', () => {
  it('is exact, but for the line of Node, and the same wherever a package is taken', () => {
    const loose = taken.filter(({ name, version }) => name !== 'node' && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    expect(loose.map(({ file, name, version }) => `${file}: ${name} ${version}`)).toEqual([])
    const versions = Map.groupBy(taken, ({ name }) => name)
    const split = [...versions.values()].filter((each) => new Set(each.map(({ version }) => version)).size > 1)
    expect(split.flat().map(({ file, name, version }) => `${file}: ${name} ${version}`)).toEqual([])
  })
})
