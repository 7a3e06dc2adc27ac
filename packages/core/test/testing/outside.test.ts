import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../../../..')
const folder = await mkdtemp(join(tmpdir(), 'espalier-outside-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const files = {
  'package.json': JSON.stringify({ name: 'espalier-bees', type: 'module' }),
  'vitest.config.ts': `
    import { pluginTests } from '@espalier/core/testing/config'
    import { defineConfig } from 'vitest/config'
    export default defineConfig(pluginTests)`,
  'migrations/20260101000000_bees/migration.sql': `
    create table "Hive" ("workspaceId" uuid not null default current_workspace(), "id" uuid not null, primary key ("workspaceId", "id"));
    select protect_workspace_rows('"Hive"')`,
  'bees.ts': `
    import { definePlugin, sql } from '@espalier/core'
    import { GraphQLInt } from 'graphql'
    export default definePlugin({
      name: 'bees',
      permissions: { 'bees:read': 'See hives' },
      migrations: new URL('./migrations/', import.meta.url),
      schema: [(builder) => {
        // A second copy of graphql would not know its own types again.
        const Bees = builder.addScalarType('Bees' as never, GraphQLInt) as never
        builder.queryField('hives', (t) => t.field({
          type: Bees, description: 'Hives.', authScopes: { permission: 'bees:read' },
          resolve: async (_root, _args, ctx) => (await ctx.db.query(sql\`select 1 from "Hive"\`)).length as never,
        }))
      }],
    })`,
  'bees.test.ts': `
    import { sql } from '@espalier/core'
    import { testApp } from '@espalier/core/testing'
    import { expect, test } from 'vitest'
    import bees from './bees.ts'
    const app = await testApp({ plugins: [bees] })
    test('hives are counted', async () => {
      await app.workspace.context.db.query(sql\`insert into "Hive" ("id") values (gen_random_uuid())\`)
      expect(await (await app.as('viewer')).ask('{ hives }')).toEqual({ hives: 1 })
    })`,
}

test('a plugin in a folder of its own is tested with two lines of configuration', async () => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--no-color'],
    { cwd: folder, env, timeout: 160_000 },
  ).catch((error) => ({ stdout: `${error.stdout}${error.stderr}` }))
  expect(stdout).toMatch(/Tests\s+1 passed/)
}, 180_000)
