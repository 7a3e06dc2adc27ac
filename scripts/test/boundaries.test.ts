import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkBoundaries } from '../boundaries.ts'

const folders: string[] = []
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))))

describe('the import boundaries', () => {
  test('hold for a repository whose arrows all run server → plugins → core', async () => {
    expect(await brokenRules({})).toEqual({})
  })

  test.each<{ arrow: string; files: Record<string, string>; breaks: Record<string, string[]> }>([
    {
      arrow: 'core imports a plugin by its name',
      files: { 'packages/core/src/live.ts': `import '@espalier/tracking'` },
      breaks: {
        'core imports no plugin, no server and no admin': [
          'packages/core/src/live.ts → packages/plugins/tracking/src/index.ts',
        ],
        'no package needs itself through others, not even for a type': [
          'packages/core → … → packages/core',
          'packages/plugins/tracking → … → packages/plugins/tracking',
        ],
        'a package lists every package of the house that it imports': [
          'packages/core/src/live.ts → @espalier/tracking',
        ],
      },
    },
    {
      arrow: 'a plugin imports the server',
      files: { 'packages/plugins/pages/src/routes.ts': `import '@espalier/server'` },
      breaks: {
        'a plugin does not import the server': ['packages/plugins/pages/src/routes.ts → packages/server/src/index.ts'],
        'no package needs itself through others, not even for a type': [
          'packages/plugins/pages → … → packages/plugins/pages',
          'packages/server → … → packages/server',
        ],
        'a package lists every package of the house that it imports': [
          'packages/plugins/pages/src/routes.ts → @espalier/server',
        ],
      },
    },
    {
      arrow: 'an example reaches into the kernel’s files',
      files: { 'examples/guestbook/src/index.ts': `import '../../../packages/core/src/index.ts'` },
      breaks: {
        'an example imports the house as a plugin of somebody else would: by the names of packages': [
          'examples/guestbook/src/index.ts → packages/core/src/index.ts',
        ],
      },
    },
    {
      arrow: "a plugin reaches into another's files, for a type only",
      files: { 'packages/plugins/pages/src/draft.ts': `export type { Hit } from '../../tracking/src/hit.ts'` },
      breaks: {
        "a plugin reaches another through its index, or one of a folder that it exports, never into the other's files":
          ['packages/plugins/pages/src/draft.ts → packages/plugins/tracking/src/hit.ts'],
        'a package is imported by its name, never by a relative path': [
          'packages/plugins/pages/src/draft.ts → packages/plugins/tracking/src/hit.ts',
        ],
      },
    },
    {
      arrow: "a plugin imports another's index by a relative path, later",
      files: { 'packages/plugins/pages/src/draft.ts': `await import('../../tracking/src/index.ts')` },
      breaks: {
        'a package is imported by its name, never by a relative path': [
          'packages/plugins/pages/src/draft.ts → packages/plugins/tracking/src/index.ts',
        ],
      },
    },
    {
      arrow: 'a plugin imports one that its package.json does not list',
      files: { 'packages/plugins/tracking/package.json': manifest('tracking', []) },
      breaks: {
        'a package lists every package of the house that it imports': [
          'packages/plugins/tracking/src/index.ts → @espalier/core',
        ],
      },
    },
    {
      arrow: 'the admin imports the kernel',
      files: {
        'packages/admin/src/index.tsx': `import { core } from '@espalier/core'\nexport const App = () => <p>{core}</p>`,
        'packages/admin/package.json': manifest('admin', ['core']),
      },
      breaks: {
        'the admin imports nothing of the server or of the kernel': [
          'packages/admin/src/index.tsx → packages/core/src/index.ts',
        ],
      },
    },
    {
      arrow: "a plugin's admin pages import its server side",
      files: {
        'packages/plugins/pages/admin/index.tsx': `import { pages } from '../src/index.ts'\nexport default pages`,
      },
      breaks: {
        'the admin imports nothing of the server or of the kernel': [
          'packages/plugins/pages/admin/index.tsx → packages/plugins/pages/src/index.ts',
        ],
      },
    },
    {
      arrow: 'two modules need each other',
      files: {
        'packages/core/src/one.ts': `import './other.ts'`,
        'packages/core/src/other.ts': `import './one.ts'`,
      },
      breaks: {
        'no module needs itself through others at run time': [
          'packages/core/src/one.ts → packages/core/src/other.ts → packages/core/src/one.ts',
        ],
      },
    },
    {
      arrow: 'two plugins need each other, through different modules',
      files: {
        'packages/plugins/tracking/src/report.ts': `import type { pages } from '@espalier/pages'\nexport type Pages = typeof pages`,
        'packages/plugins/tracking/package.json': manifest('tracking', ['core', 'pages']),
      },
      breaks: {
        'no package needs itself through others, not even for a type': [
          'packages/plugins/pages → … → packages/plugins/pages',
          'packages/plugins/tracking → … → packages/plugins/tracking',
        ],
      },
    },
  ])('are broken where $arrow', async ({ files, breaks }) => {
    expect(await brokenRules(files)).toEqual(breaks)
  })

  test('let types of one package refer to each other', async () => {
    const files = {
      'packages/core/src/job.ts': `import type { Context } from './context.ts'\nexport interface Job { context: Context }`,
      'packages/core/src/context.ts': `import type { Job } from './job.ts'\nexport interface Context { jobs: Job[] }`,
    }
    expect(await brokenRules(files)).toEqual({})
  })
})

/** Lays out a small repository without a fault, puts `files` over it, and names what is broken there. */
async function brokenRules(files: Record<string, string>): Promise<Record<string, readonly string[]>> {
  const root = await mkdtemp(join(tmpdir(), 'espalier-boundaries-'))
  folders.push(root)
  for (const [path, content] of Object.entries({ ...sound, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  await mkdir(join(root, 'node_modules/@espalier'), { recursive: true })
  for (const folder of ['core', 'server', 'admin', 'plugins/tracking', 'plugins/pages']) {
    await symlink(join(root, 'packages', folder), join(root, 'node_modules/@espalier', folder.replace('plugins/', '')))
  }
  const results = await checkBoundaries(root)
  return Object.fromEntries(results.filter((one) => one.violations.length > 0).map((one) => [one.rule, one.violations]))
}

function manifest(name: string, dependencies: string[]): string {
  return JSON.stringify({
    name: `@espalier/${name}`,
    type: 'module',
    exports: { '.': './src/index.ts' },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [`@espalier/${dependency}`, '*'])),
  })
}

const sound = {
  'package.json': JSON.stringify({ name: 'house', type: 'module', workspaces: ['packages/*', 'packages/plugins/*'] }),
  'packages/core/package.json': manifest('core', []),
  'packages/core/src/index.ts': `export const core = 'kernel' as const`,
  'packages/plugins/tracking/package.json': manifest('tracking', ['core']),
  'packages/plugins/tracking/src/index.ts': `import { core } from '@espalier/core'\nexport const tracking = [core]`,
  'packages/plugins/tracking/src/hit.ts': `export interface Hit { at: Date }`,
  'packages/plugins/pages/package.json': manifest('pages', ['core', 'tracking']),
  'packages/plugins/pages/src/index.ts': `import { tracking } from '@espalier/tracking'\nexport const pages = tracking`,
  'packages/plugins/pages/admin/index.tsx': `export default () => <h1>Pages</h1>`,
  'packages/server/package.json': manifest('server', ['core', 'tracking', 'pages']),
  'packages/server/src/index.ts': `import '@espalier/core'\nimport { pages } from '@espalier/pages'\nexport default pages`,
  'packages/admin/package.json': manifest('admin', ['pages']),
  'packages/admin/src/index.tsx': `export const App = () => <p>Espalier</p>`,
}
