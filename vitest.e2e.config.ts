import { defineConfig } from 'vitest/config'
import { installedPages } from './packages/admin/vite/installedPages.ts'

/** The running product in a real browser: one file after another, because each drives a whole server and a Chromium. */
export default defineConfig({
  plugins: [installedPages()],
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['packages/server/test/e2e/**/*.e2e.ts'],
    // Taken on demand, by `npm run screenshots`.
    exclude: process.env.SCREENSHOTS ? [] : ['**/pictures.e2e.ts'],
    // A database server for the files that serve a kernel of their own; most start the whole product.
    globalSetup: ['scripts/bundled.mjs', 'packages/core/src/testing/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // One chance more, on a machine that does other things too; the run names at its end who needed it.
    retry: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    // What a test waits for may come late on a busy machine; without this it has one second.
    expect: { poll: { timeout: 60_000 } },
  },
})
