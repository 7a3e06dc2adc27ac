import { cp, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let clone: string

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'espalier-clone-'))
  for (const script of ['runtime.mjs', 'dependencies.mjs', 'changes.mjs', 'installed.mjs']) {
    await cp(join(import.meta.dirname, '..', script), join(clone, 'scripts', script))
  }
})
afterEach(() => rm(clone, { recursive: true, force: true }))

describe('the dependencies', () => {
  const pg = { version: '8.23.1', integrity: 'sha512-a' }
  const manifest = { dependencies: { pg: '8.23.1' } }

  beforeEach(async () => {
    await mkdir(join(clone, 'packages/plugins'), { recursive: true })
    for (const folder of ['', 'prisma/']) await write(`${folder}package.json`, {})
    await write('packages/core/package.json', manifest)
    const locked = { '': {}, prisma: {}, 'packages/core': manifest, 'node_modules/pg': pg }
    const elsewhere = { version: '1.0.0', integrity: 'sha512-b', optional: true }
    await write('package-lock.json', { packages: { ...locked, 'node_modules/pg-darwin': elsewhere } })
    await installed({ 'node_modules/pg': pg })
  })

  test('are there when npm has installed what the lock file asks for, but for other platforms', async () => {
    expect(await areInstalled()).toBe(true)
  })

  test('are missing before the first install', async () => {
    await rm(join(clone, 'node_modules'), { recursive: true })
    expect(await areInstalled()).toBe(false)
  })

  test('are stale when a package is missing', async () => {
    await installed({})
    expect(await areInstalled()).toBe(false)
  })

  test('are stale when a package has another version', async () => {
    await installed({ 'node_modules/pg': { ...pg, version: '8.22.0' } })
    expect(await areInstalled()).toBe(false)
  })

  test('are stale when a package.json asks for what the lock file does not know', async () => {
    await write('packages/core/package.json', { dependencies: { pg: '8.23.1', zod: '4.6.7' } })
    expect(await areInstalled()).toBe(false)
  })

  test('are not stale for a package that stands apart, with dependencies of its own', async () => {
    await write('package.json', { workspaces: ['examples/*', '!examples/milestones'] })
    await write('examples/milestones/package.json', { dependencies: { uuid: '14.0.3' } })
    expect(await areInstalled()).toBe(true)
  })

  test('are stale when a plugin was added', async () => {
    await write('packages/plugins/outreach/package.json', { dependencies: { pg: '8.23.1' } })
    expect(await areInstalled()).toBe(false)
  })

  async function areInstalled(): Promise<boolean> {
    return (await scripts('dependencies.mjs')).areInstalled()
  }

  async function installed(packages: object): Promise<void> {
    await write('node_modules/.package-lock.json', { packages })
  }
})

describe('a step of the preparation', () => {
  const source = 'packages/admin/src/main.tsx'
  let runs: number

  beforeEach(async () => {
    runs = 0
    await write(source, 'one')
    await write('node_modules/.package-lock.json', {})
    await prepare()
  })

  test('runs once while its inputs stay as they are', async () => {
    await prepare()
    expect(runs).toBe(1)
  })

  test('runs again when the content of an input changes', async () => {
    await write(source, 'two')
    await prepare()
    expect(runs).toBe(2)
  })

  test('does not run again for a file that is only newer', async () => {
    await utimes(join(clone, source), new Date(), new Date(Date.now() + 60_000))
    await prepare()
    expect(runs).toBe(1)
  })

  test('runs again when a file is added or what it made is gone', async () => {
    await write('packages/admin/src/App.tsx', '')
    await prepare()
    await rm(join(clone, 'packages/admin/dist'), { recursive: true })
    await prepare()
    expect(runs).toBe(3)
  })

  test('runs again after a failure', async () => {
    await write(source, 'two')
    await expect(prepare(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk')
    await prepare()
    expect(runs).toBe(2)
  })

  async function prepare(run = build): Promise<void> {
    const { whenChanged } = await scripts('changes.mjs')
    await whenChanged({ name: 'build', inputs: ['packages/admin'], outputs: ['packages/admin/dist'], run })
  }

  async function build(): Promise<void> {
    runs += 1
    await write('packages/admin/dist/index.html', `${runs}`)
  }
})

describe('the web app of an installation', () => {
  const folders = async (env: object) => (await scripts('installed.mjs')).installation(env)

  test('is built where it ever was, for another list of plugins into a folder of its own', async () => {
    const own = await folders({})
    expect(own).toEqual({ config: join(clone, 'espalier.config.ts'), folder: join(clone, 'packages/admin/dist') })
    expect(await folders({ ESPALIER_CONFIG: 'espalier.config.ts' })).toEqual(own)
    const [orchard, hives] = [
      await folders({ ESPALIER_CONFIG: '/srv/orchard.ts' }),
      await folders({ ESPALIER_CONFIG: 'hives.ts' }),
    ]
    expect([orchard.config, hives.config]).toEqual(['/srv/orchard.ts', join(clone, 'hives.ts')])
    expect(orchard.folder).toContain(join(clone, 'node_modules'))
    expect(hives.folder).not.toBe(orchard.folder)
    expect((await folders({ ESPALIER_WEB_APP: '/srv/app' })).folder).toBe('/srv/app')
  })

  test('is not built into a folder that holds something else, which would be emptied', async () => {
    const { refuseForeign } = await scripts('installed.mjs')
    const refused = (folder: string) => () => refuseForeign(join(clone, folder))
    await write('site/photos/apples.jpg', 'apples')
    await write('site/plugins.json', { of: 'something else' })
    await write('packages/admin/dist/half.js', '')
    await write('node_modules/.cache/espalier/0123456789ab/half.js', '')
    await write('built/plugins.json', [])
    await mkdir(join(clone, 'empty'))
    expect(refused('site')).toThrow(
      /^ESPALIER_WEB_APP is .*site, which holds .* set ESPALIER_WEB_APP to a new or an empty/,
    )
    expect(refused('')).toThrow('ESPALIER_WEB_APP')
    for (const folder of ['new', 'empty', 'built', 'packages/admin/dist', 'node_modules/.cache/espalier/0123456789ab'])
      expect(refused(folder), folder).not.toThrow()
  })

  test('is built again when the list changes, or the pages of a plugin wherever they are, and not otherwise', async () => {
    const outside = await hives('one')
    const page = join(outside, 'admin/index.tsx')
    const link = join(clone, 'node_modules/hives')
    await write('espalier.config.ts', 'one')
    await write('node_modules/.package-lock.json', {})
    await symlink(outside, link)
    await write('bare/package.json', {})
    let builds = 0
    const prepare = async () => {
      const { whenChanged } = await scripts('changes.mjs')
      const { pagesOf } = await scripts('installed.mjs')
      await whenChanged({
        name: 'web app',
        inputs: () => [
          'espalier.config.ts',
          ...pagesOf({ config: join(clone, 'espalier.config.ts'), folder: join(clone, 'app') }),
        ],
        outputs: [join(clone, 'app/index.html')],
        run: async () => {
          builds += 1
          await write('app/index.html', '')
          await write('app/plugins.json', [
            { entry: 'hives', folder: outside, admin: page },
            { entry: './bare', folder: join(clone, 'bare') },
          ])
        },
      })
      return builds
    }
    expect([await prepare(), await prepare()]).toEqual([1, 1])
    await writeFile(page, 'two')
    expect([await prepare(), await prepare()]).toEqual([2, 2])
    await write('espalier.config.ts', 'two')
    expect([await prepare(), await prepare()]).toEqual([3, 3])
    await write('bare/package.json', { version: '2.0.0' })
    expect([await prepare(), await prepare()]).toEqual([4, 4])
    // The same package, linked from another folder now.
    const moved = await hives('two')
    await rm(link)
    await symlink(moved, link)
    expect(await prepare()).toBe(5)
    await Promise.all([outside, moved].map((folder) => rm(folder, { recursive: true })))
  })

  async function hives(content: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'espalier-hives-'))
    await mkdir(join(folder, 'admin'))
    await writeFile(join(folder, 'admin/index.tsx'), content)
    await writeFile(join(folder, 'package.json'), '{}')
    return realpath(folder)
  }
})

function scripts(name: string) {
  return import(/* @vite-ignore */ pathToFileURL(join(clone, 'scripts', name)).href)
}

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(clone, path)), { recursive: true })
  await writeFile(join(clone, path), typeof content === 'string' ? content : JSON.stringify(content))
}
