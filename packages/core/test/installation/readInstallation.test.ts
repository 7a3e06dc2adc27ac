import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readInstallation } from '../../src/installation/index.ts'
import { kernelVersion } from '../../src/version.ts'

const made: string[] = []
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))))

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'espalier-installation-')))
  made.push(folder)
})

const file = () => join(folder, 'espalier.config.ts')
const names = async (...plugins: unknown[]) => {
  await write('espalier.config.ts', `export default { plugins: ${JSON.stringify(plugins)} }`)
  return readInstallation(file())
}

async function write(path: string, content: string | object): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}

/** A package in a folder, with the files that it exports. */
async function pack(path: string, manifest: object = {}, files = ['index.ts']): Promise<void> {
  await write(`${path}/package.json`, { name: 'loyalty', exports: { '.': './index.ts' }, ...manifest })
  for (const name of files) await write(`${path}/${name}`, '')
}

describe('a plugin of an installation', () => {
  test('is found by its path, its name, and behind a link, by where it really is', async () => {
    await pack('plugins/loyalty')
    await pack('node_modules/@acme/coupons', { name: '@acme/coupons' })
    await pack('elsewhere/referrals', { name: 'referrals' })
    await symlink(join(folder, 'elsewhere/referrals'), join(folder, 'node_modules/referrals'))
    const { plugins } = await names('./plugins/loyalty', '@acme/coupons', 'referrals')
    expect(plugins.map(({ packageName, main }) => [packageName, main])).toEqual([
      ['loyalty', join(folder, 'plugins/loyalty/index.ts')],
      ['@acme/coupons', join(folder, 'node_modules/@acme/coupons/index.ts')],
      ['referrals', join(folder, 'elsewhere/referrals/index.ts')],
    ])
  })

  test('of the house is the one that runs here, not a copy beside the installation', async () => {
    await pack('node_modules/@espalier/tracking', { name: '@espalier/tracking' })
    const { plugins } = await names('@espalier/tracking')
    expect(plugins[0]?.folder).toMatch(/packages[/\\]plugins[/\\]tracking$/)
  })

  test('may have modules for imports alone, and a part for the web app', async () => {
    const exported = { '.': { types: './index.d.ts', import: './dist/index.js' }, './admin': './admin.tsx' }
    await pack('a', { exports: exported }, ['dist/index.js', 'admin.tsx'])
    const { plugins } = await names('./a')
    expect(plugins[0]).toMatchObject({ main: join(folder, 'a/dist/index.js'), admin: join(folder, 'a/admin.tsx') })
  })

  test('without a part for the web app has none', async () => {
    await pack('a')
    expect((await names('./a')).plugins[0]?.admin).toBeUndefined()
  })

  test.each([['^0.1.0'], ['*'], ['>=0.1 <1'], [`~${kernelVersion}`]])(
    'runs where the kernel is in its range %s',
    async (range) => {
      await pack('a', { peerDependencies: { '@espalier/core': range, zod: '^3' } })
      expect((await names('./a')).plugins).toHaveLength(1)
    },
  )

  test.each([
    ['@espalier/core', '^0.9.0'],
    ['@espalier/tracking', '<0.1.0'],
    ['@espalier/core', 'file:../core'],
  ])('is refused where its peer %s is %s', async (peer, range) => {
    await pack('a', { peerDependencies: { [peer]: range } })
    await expect(names('./a')).rejects.toMatchObject({
      code: 'PLUGIN_INCOMPATIBLE',
      message: expect.stringContaining(
        `Plugin "./a" works with ${peer} ${range}, and this is ${kernelVersion}. Install a`,
      ),
    })
  })
})

describe('a start is stopped in one line', () => {
  const refused = (code: string, says: string | RegExp) => ({
    code,
    name: 'StartError',
    message: typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
  })

  test('where the file is missing', async () => {
    await expect(readInstallation(file())).rejects.toMatchObject(
      refused('INSTALLATION_MISSING', `There is no ${file()}`),
    )
  })

  test.each([
    ['export default { plugins: [ }', /cannot be loaded: /],
    ['throw new Error("No network.")', /cannot be loaded: No network\./],
    ['export const plugins = []', /default export has no list "plugins"/],
    ['export default { plugins: "@espalier/mail" }', /default export has no list "plugins"/],
    ['export default { plugins: [{ name: "mail" }] }', /its list of plugins has \{"name":"mail"\}/],
    ['export default { plugins: [""] }', /its list of plugins has ""/],
    ['export default { plugins: [undefined] }', /its list of plugins has an entry that is no text/],
  ])('where it holds %s', async (source, says) => {
    await write('espalier.config.ts', source)
    await expect(readInstallation(file())).rejects.toMatchObject(refused('INSTALLATION_INVALID', says))
  })

  test.each(['loyalty', '@acme/loyalty', './plugins/loyalty'])('where %s is not installed', async (entry) => {
    await expect(names(entry)).rejects.toMatchObject(
      refused('PLUGIN_NOT_INSTALLED', `names the plugin "${entry}", which is not installed there. Install it`),
    )
  })

  test('where a package exports nothing, or what is not there', async () => {
    await pack('a', { exports: undefined }, [])
    await expect(names('./a')).rejects.toMatchObject(refused('PLUGIN_WITHOUT_EXPORT', '"./a"'))
    await pack('b', {}, [])
    await expect(names('./b')).rejects.toMatchObject(refused('PLUGIN_WITHOUT_EXPORT', '"./b"'))
  })

  test('where the part for the web app is not there', async () => {
    await pack('a', { exports: { '.': './index.ts', './admin': './admin/index.tsx' } })
    await expect(names('./a')).rejects.toMatchObject(refused('PLUGIN_ADMIN_BROKEN', join(folder, 'a/package.json')))
  })

  test('where one plugin is listed twice, also under two names', async () => {
    await pack('a')
    await expect(names('./a', './a')).rejects.toMatchObject(refused('PLUGIN_LISTED_TWICE', '"./a" twice.'))
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(folder, 'a'), join(folder, 'node_modules/loyalty'))
    await expect(names('loyalty', './a')).rejects.toMatchObject(
      refused('PLUGIN_LISTED_TWICE', '"./a" twice, also as "loyalty".'),
    )
  })

  test('where a package.json is not one', async () => {
    await write('a/package.json', '{')
    await expect(names('./a')).rejects.toMatchObject(refused('INSTALLATION_INVALID', 'the package.json of "./a"'))
  })
})
