import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { seededRandom } from '@espalier/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { openAdmin } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, type Product, runCli, startProduct } from './product.ts'

const root = join(import.meta.dirname, '../../../..')
const run = promisify(execFile)

/** Those of the product, and one from another folder of this machine. */
const config = `
  import { defineInstallation } from '@espalier/core/installation'

  export default defineInstallation({
    plugins: [
      ...['tracking', 'experiments', 'ai', 'prompts', 'landing-pages', 'mail', 'operations'].map((name) => '@espalier/' + name),
      'espalier-milestones',
    ],
  })
`

/** An installation outside of the repository, with a plugin outside of both. */
describe.skipIf(!hasChromium)('a plugin in a package of its own', () => {
  let folder: string
  let env: Record<string, string>
  let product: Product | undefined
  let browser: Browser

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'espalier-outside-'))
    const [plugin, installation] = [join(folder, 'espalier-milestones'), join(folder, 'orchard')]
    await cp(join(root, 'examples/milestones'), plugin, { recursive: true })
    // Its own dependency, which "npm install" in its folder would bring over a network.
    await mkdir(join(plugin, 'node_modules'))
    await symlink(join(root, 'node_modules/uuid'), join(plugin, 'node_modules/uuid'))
    await mkdir(installation)
    await writeFile(join(installation, 'espalier.config.ts'), config)
    await writeFile(
      join(installation, 'package.json'),
      JSON.stringify({ name: 'orchard', private: true, type: 'module' }),
    )
    const quiet = ['--offline', '--no-audit', '--no-fund']
    await run('npm', ['install', ...quiet, '../espalier-milestones'], { cwd: installation })
    env = {
      ESPALIER_CONFIG: join(installation, 'espalier.config.ts'),
      ESPALIER_WEB_APP: join(installation, 'web-app'),
    }
    const build = run('vite', ['build', '--logLevel', 'warn'], {
      cwd: join(root, 'packages/admin'),
      env: { ...process.env, ...env },
    })
    ;[{ browser }] = await Promise.all([launchBrowser(), build])
    product = await start()
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (more: Record<string, string> = {}) =>
    startProduct({ dataFolder: join(folder, 'data'), env: { ...env, ...more } })
  const running = () => product as Product

  /** Visitors of the demo page, each of whom signs up. */
  async function signUps(count: number): Promise<void> {
    const random = seededRandom(3)
    for (let visitor = 0; visitor < count; visitor++)
      await simulateVisitor(new URL('/p/demo/welcome', running().url), random, { rateOf: () => 1 })
  }

  const asked = '{ milestones { nodes { goals page { title milestones { goals next } } } } plugins { name } }'
  interface Asked {
    milestones: { nodes: { goals: number; page: { title: string; milestones: { goals: number; next: number } } }[] }
    plugins: { name: string }[]
  }
  const milestones = async (client: ApiClient) => (await client.ask<Asked>(asked)).milestones.nodes

  test('hears the events of another, keeps them in its own tables, and adds to the type of a third', async () => {
    expect(running().output()).not.toContain('The web app was not built')
    const client = await signIn(running())
    await signUps(2)
    await expect
      .poll(() => milestones(client))
      .toMatchObject([{ goals: 1, page: { milestones: { goals: 2, next: 10 } } }])
  })

  test('has its page in the web app, and a part of the page of another plugin', async () => {
    const { cookie, ask } = await signIn(running())
    const tab = await openAdmin(browser, running(), { cookie, language: 'en' })
    const errors: string[] = []
    tab.on('pageerror', ({ message }) => errors.push(message))
    await tab.getByRole('navigation').getByRole('link', { name: 'Milestones' }).click()
    await tab.getByRole('heading', { level: 1, name: 'Milestones' }).waitFor()
    await tab.getByRole('row', { name: /\b1\b/ }).first().waitFor()
    const { milestones } = await ask<{ milestones: { nodes: { page: { id: string } }[] } }>(
      '{ milestones { nodes { page { id } } } }',
    )
    const [, id] = atob(milestones.nodes[0]?.page.id ?? '').split(':')
    await tab.goto(`${running().url}/admin/pages/${id}`)
    await tab.getByText('2 of 10 goals').waitFor()
    const french = await openAdmin(browser, running(), { cookie, language: 'fr', path: 'milestones' })
    await french.getByRole('heading', { level: 1, name: 'Jalons' }).waitFor()
    expect(errors).toEqual([])
  })

  test('leaves no trace where it is switched off, and goes on where it was when it is switched on again', async () => {
    await running().stop()
    product = await start({ ESPALIER_PLUGINS_OFF: 'milestones' })
    const client = await signIn(running())
    await expect(client.ask(asked)).rejects.toThrow(/Cannot query field "milestones"/)
    const { plugins } = await client.ask<Pick<Asked, 'plugins'>>('{ plugins { name } }')
    expect(plugins.map(({ name }) => name)).not.toContain('milestones')
    const tab = await openAdmin(browser, running(), { cookie: client.cookie, language: 'en', path: 'milestones' })
    await tab.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    expect(await tab.getByRole('navigation').first().innerText()).not.toContain('Milestones')
    await signUps(1)

    await running().stop()
    product = await start()
    const again = await signIn(running())
    await signUps(8)
    // The one in between was not counted: nobody listened.
    await expect.poll(() => milestones(again)).toMatchObject([{ goals: 10 }, { goals: 1 }])
  })

  test('is refused in one line where it is made for another kernel', async () => {
    const old = { name: 'old', exports: './index.js', peerDependencies: { '@espalier/core': '^7.0.0' } }
    await mkdir(join(folder, 'old'), { recursive: true })
    await writeFile(join(folder, 'old/package.json'), JSON.stringify(old))
    const file = join(folder, 'old/espalier.config.mjs')
    await writeFile(file, 'export default { plugins: ["."] }')
    const { ended, output } = runCli(['serve'], { ESPALIER_CONFIG: file, ESPALIER_DATA: join(folder, 'old/data') })
    expect(await ended).toBe(1)
    expect(output()).toMatch(
      /^Plugin "." works with @espalier\/core \^7\.0\.0, and this is .* \[PLUGIN_INCOMPATIBLE\]\n$/,
    )
  })
})
