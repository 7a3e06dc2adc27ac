import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let clone: string

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'espalier-clone-'))
  for (const script of ['runtime.mjs', 'dependencies.mjs', 'changes.mjs']) {
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

function scripts(name: string) {
  return import(/* @vite-ignore */ pathToFileURL(join(clone, 'scripts', name)).href)
}

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(clone, path)), { recursive: true })
  await writeFile(join(clone, path), typeof content === 'string' ? content : JSON.stringify(content))
}
