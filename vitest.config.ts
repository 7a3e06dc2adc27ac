import { defineConfig } from 'vitest/config'

export default defineConfig({
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['packages/**/test/**/*.test.ts', 'scripts/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/e2e/**'],
    globalSetup: ['packages/core/src/testing/globalSetup.ts'],
    // Processes, not threads: a file may change the working folder or its environment without harm to its neighbors.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 15_000,
    restoreMocks: true,
  },
})
