import { defineConfig } from 'vitest/config'
import { installedPages } from './packages/admin/vite/installedPages.ts'

/**
 * What is broken on purpose: processes killed, databases stopped, disks full. One file after another, because each drives
 * several whole processes, and no second attempt: what survives a fault only sometimes does not survive it.
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
    globalSetup: ['packages/core/src/testing/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    retry: 0,
    // Limits end what hangs. What has to come within a time says so itself.
    testTimeout: process.env.FAULTS === 'full' ? 1_800_000 : 600_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
  },
})
