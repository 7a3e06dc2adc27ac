import { defineConfig } from 'vitest/config'

/** The running product in a real browser: one file after another, because each drives a whole server and a Chromium. */
export default defineConfig({
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['packages/server/test/e2e/**/*.e2e.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
