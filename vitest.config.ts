import { defineConfig } from 'vitest/config'
import { installedPages } from './packages/admin/vite/installedPages.ts'

export default defineConfig({
  plugins: [installedPages()],
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['packages/**/test/**/*.test.ts', 'scripts/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/e2e/**'],
    globalSetup: ['packages/core/src/testing/globalSetup.ts'],
    // Processes, not threads: a file may fill or crash its own without harm to the other one.
    pool: 'forks',
    maxWorkers: 2,
    // A process runs one file after another and loads each module once: 93 s of processor time instead of 164. A file
    // undoes what it does to its process: fake timers, environment, working folder.
    isolate: false,
    // Limits end what hangs, on a machine that is busy with other things too. No test is about how long it takes.
    // One chance more, on a machine that does other things too; the run names at its end who needed it.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    restoreMocks: true,
  },
})
