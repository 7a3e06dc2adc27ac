import { defineConfig } from 'vitest/config'
import { installedPages } from './packages/admin/vite/installedPages.ts'

const full = process.env.FAULTS === 'full'

/**
 * What is broken on purpose: processes killed, databases stopped, disks full. One file after another, because each drives
 * several whole processes.
 *
 * `npm run faults` sets FAULTS=full: as often and as long as docs/reliability.md says, whose table it writes. Without it,
 * as a step of `npm test`, the same in short.
 */
export default defineConfig({
  plugins: [installedPages()],
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['faults/*.fault.ts'],
    globalSetup: ['scripts/bundled.mjs', 'packages/core/src/testing/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // One chance more on a machine that does other things too; the run names at its end who needed it. It hides no loss:
    // an attempt begins on the installation that the one before left, and what was acknowledged is compared over all of them.
    // At length there is none: what survives a fault only sometimes does not survive it.
    retry: full ? 0 : 1,
    // Limits end what hangs. What has to come within a time says so itself.
    testTimeout: full ? 3_600_000 : 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 150_000, interval: 50 } },
  },
})
