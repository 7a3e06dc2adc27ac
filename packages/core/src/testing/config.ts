import type { ViteUserConfig } from 'vitest/config'

/**
 * What vitest needs to test plugins: a PostgreSQL for the whole run, limits that a busy machine keeps, and one copy of graphql.
 *
 * @example
 * // vitest.config.ts of a plugin in a repository of its own
 * import { pluginTests } from '@espalier/core/testing/config'
 * import { defineConfig } from 'vitest/config'
 *
 * export default defineConfig(pluginTests)
 */
export const pluginTests: ViteUserConfig & { test: object } = {
  // graphql has two builds. Node gives its CommonJS one to every package, so a plugin's source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    globalSetup: [import.meta.resolve('@espalier/core/testing/setup')],
    // Processes, not threads: the engine of Prisma and PostgreSQL's clients end with theirs.
    pool: 'forks',
    // Limits end what hangs, on a machine that is busy with other things too. No test is about how long it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
}
