import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import product from '../../../espalier.config.ts'

const folder = await mkdtemp(join(tmpdir(), 'espalier-import-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const cli = join(import.meta.dirname, '../src/cli.ts')

/** Runs a command on an installation of this file's own. */
function espalier(...args: string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' as const },
    ...{ ESPALIER_DATA: folder, ESPALIER_CONFIG: join(folder, 'orchard.config.js') },
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` })
    })
  })
}

/** A plugin that hears of every experiment that starts: by a job, for which nothing runs here. */
async function installHearing(): Promise<void> {
  await mkdir(join(folder, 'hearing'))
  const manifest = {
    name: 'hearing',
    type: 'module',
    exports: './index.js',
    peerDependencies: { '@espalier/core': '*' },
  }
  await writeFile(join(folder, 'hearing/package.json'), JSON.stringify(manifest))
  await writeFile(
    join(folder, 'hearing/index.js'),
    `import { definePlugin, when } from '@espalier/core'
     import experiments, { experimentStarted } from '@espalier/experiments'
     export default definePlugin({ name: 'hearing', requires: [experiments], on: [when(experimentStarted, async () => {})] })`,
  )
  const plugins = [...product.plugins, './hearing']
  await writeFile(join(folder, 'orchard.config.js'), `export default ${JSON.stringify({ plugins })}`)
}

test('the command line imports a file of GrowthBook, after it has said what becomes of it', {
  timeout: 300_000,
}, async () => {
  await installHearing()
  const file = join(folder, 'growthbook.json')
  const rules = [{ key: 'headline-test', variations: ['old', 'new'], weights: [0.5, 0.5], hashVersion: 2 }]
  await writeFile(
    file,
    JSON.stringify({ features: { headline: { defaultValue: 'old', rules }, plain: { defaultValue: true } } }),
  )
  const growthbook = (...args: string[]) => espalier('import', 'growthbook', file, ...args)
  await espalier('user:create', '--email', 'ada@example.com', '--workspace', 'orchard')
  const dry = await growthbook('--workspace', 'orchard', '--dry-run')
  expect(dry).toMatchObject({
    code: 0,
    output: expect.stringContaining('feature headline → headline: planned, everybody'),
  })
  expect(dry.output).toMatch(/feature plain: impossible\n {2}It is true for everybody.*\n1 would be made, 0 are here/)
  expect(await growthbook('--workspace', 'orchard', '--start')).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      /feature plain: It is true for everybody.*\n1 made, 0 here already, 0 part of others, 1 cannot be carried over, 0 failed\./,
    ),
  })
  expect((await growthbook()).output).toMatch(/^--workspace is missing\. Usage: .*\[ARGUMENT_MISSING\]/)
  await writeFile(file, '{')
  expect((await growthbook('--workspace', 'orchard')).output).toMatch(/is no JSON: .*\[FILE_UNREADABLE\]/)
})
