import { defineConfig } from 'vitest/config'
import { installedPages } from './packages/admin/vite/installedPages.ts'

/**
 * What an attacker would try, one file after another: `npm run attacks`, described in docs/attacks.md. `ATTACKS=full`, which that
 * command sets, asks for the long form of those that take long; without it they are a step of `npm test`.
 */
export default defineConfig({
  plugins: [installedPages()],
  // graphql has two builds. Node gives its CommonJS one to every package, so the source gets that one too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['attacks/*.attack.ts'],
    globalSetup: ['scripts/bundled.mjs', 'packages/core/src/testing/globalSetup.ts', 'attacks/product/endProduct.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // An attack that succeeds once has succeeded.
    retry: 0,
    // One process for all files: they attack the same product, which takes a while to start.
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    restoreMocks: true,
  },
})
