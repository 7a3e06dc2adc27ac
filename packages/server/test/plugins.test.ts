import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedPlugins, whyStale } from '../src/plugins.ts'

const run = promisify(execFile)
const server = join(import.meta.dirname, '../src')

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'espalier-plugins-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(path: string, content: string | object): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}

/** A package of somebody else, with its own idea of what it imports. */
async function pack(path: string, source: string, manifest: object = {}): Promise<void> {
  await write(`${path}/package.json`, {
    name: path.split('/').at(-1),
    type: 'module',
    exports: './index.ts',
    ...manifest,
  })
  await write(`${path}/index.ts`, source)
}

/**
 * Loads the plugins of installations as a server does, in a process of their own: what Node does with modules is the subject.
 *
 * @param lists one for each installation
 */
async function load(...lists: string[][]) {
  const files = lists.map((_, index) => join(folder, `installation-${index}.config.js`))
  for (const [index, plugins] of lists.entries())
    await writeFile(files[index] as string, `export default { plugins: ${JSON.stringify(plugins)} }`)
  const script = `
    import tracking from '@espalier/tracking'
    import { z } from 'zod'
    const { installedPlugins } = await import(${JSON.stringify(join(server, 'plugins.ts'))})
    const results = []
    for (const file of ${JSON.stringify(files)}) {
      const loaded = await installedPlugins(file).catch(({ code, message }) => ({ code, message }))
      results.push(Array.isArray(loaded)
        ? loaded.map(({ name, definition: { requires, settings, words } }) =>
            ({ name, same: requires?.includes(tracking), zod: settings instanceof z.ZodObject, words }))
        : loaded)
    }
    console.log(JSON.stringify(results))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: server })
  return JSON.parse(stdout)
}

describe('a plugin outside of the repository', () => {
  test('shares the plugins that it requires, and its peers, with whoever runs it, whatever is installed beside it', async () => {
    await pack(
      'outside/hives',
      `import { definePlugin } from '@espalier/core'
       import tracking from '@espalier/tracking'
       import { z } from 'zod'
       import { told } from 'own'
       export default definePlugin({ name: 'hives', requires: [tracking], settings: z.object({}), words: told as never })`,
      { peerDependencies: { '@espalier/core': '*', zod: '*' } },
    )
    for (const name of ['@espalier/tracking', 'zod', 'own'])
      await pack(`outside/hives/node_modules/${name}`, '', { name, exports: './index.js' })
    await write('outside/hives/node_modules/@espalier/tracking/index.js', 'export default { name: "tracking" }')
    await write('outside/hives/node_modules/zod/index.js', 'export const z = { object: () => ({}) }')
    await write('outside/hives/node_modules/own/index.js', 'export const told = "its own"')
    await pack(
      'stack/base',
      `import { definePlugin } from '@espalier/core'; export default definePlugin({ name: 'base' })`,
    )
    await pack(
      'stack/top',
      `import { definePlugin } from '@espalier/core'
       import base from 'base'
       export default definePlugin({ name: 'top', requires: [base] })`,
    )
    await mkdir(join(folder, 'stack/top/node_modules'))
    await symlink(join(folder, 'stack/base'), join(folder, 'stack/top/node_modules/base'))

    const [hives, stack] = await load(['./outside/hives'], ['./stack/top', './stack/base'])
    expect(hives[0]).toEqual({ name: 'hives', same: true, zod: true, words: 'its own' })
    // One that requires another from outside finds it by itself.
    expect(stack.map(({ name }: { name: string }) => name)).toEqual(['top', 'base', 'demo'])
  })

  test('that cannot be loaded stops the start in one line', async () => {
    const broken: [path: string, source: string, code: string, says: string][] = [
      ['no-plugin', 'export default { name: "hives" }', 'PLUGIN_INVALID', 'is of type object. It must be'],
      ['no-default', 'export const hives = 1', 'PLUGIN_INVALID', 'is missing. It must be'],
      ['throws', 'throw new Error("No bees.")', 'PLUGIN_UNLOADABLE', ': No bees.'],
      ['imports', 'import "bees"', 'PLUGIN_UNLOADABLE', 'bees'],
      [
        'node_modules/raw',
        'export const bees: number = 1',
        'PLUGIN_UNLOADABLE',
        'no TypeScript below node_modules. Build',
      ],
    ]
    for (const [path, source] of broken) await pack(path, source)
    expect(await load(...broken.map(([path]) => [`./${path}`]))).toEqual(
      broken.map(([path, , code, says]) => ({
        code,
        message: expect.stringMatching(new RegExp(`${path}.*${says.replaceAll('.', '\\.')}`)),
      })),
    )
  })
})

test('the schema of an installation stands beside the file that names its plugins', async () => {
  await pack(
    'schema/queen',
    `import { definePlugin } from '@espalier/core'
     const queens = { type: 'Int', description: 'Queens of all hives.', authScopes: { member: true }, resolve: () => 1 }
     export default definePlugin({ name: 'queen', schema: [(builder) => builder.queryField('queens', (t) => t.field(queens))] })`,
  )
  await write('schema/espalier.config.js', 'export default { plugins: ["./queen"] }')
  const env = { ...process.env, ESPALIER_CONFIG: join(folder, 'schema/espalier.config.js') }
  await run(process.execPath, [join(server, 'cli.ts'), 'schema'], { env })
  expect(await readFile(join(folder, 'schema/schema/admin.graphql'), 'utf8')).toContain('queens: Int')
}, 120_000)

describe('the web app', () => {
  test('is stale where it lacks the pages of a plugin, and says whose', async () => {
    expect(await whyStale(undefined, undefined)).toMatch(/not built with the pages of @espalier\/tracking, @espalier\//)
    const folders = ['ai', 'experiments', 'landing-pages', 'mail', 'operations', 'prompts', 'tracking'].map((name) =>
      join(import.meta.dirname, '../../plugins', name),
    )
    expect(await whyStale(undefined, folders)).toBeUndefined()
    expect(await whyStale(undefined, folders.slice(1))).toMatch(/pages of @espalier\/ai\. "npm start" builds it/)
  })
})

test('the repository’s own installation has every plugin of the product, and the demo', async () => {
  expect((await installedPlugins()).map(({ name }) => name).sort()).toEqual(
    expect.arrayContaining(['ai', 'demo', 'experiments', 'landing-pages', 'mail', 'operations', 'prompts', 'tracking']),
  )
})
