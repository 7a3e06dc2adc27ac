/**
 * npm run codegen
 *
 * Writes the schemas into docs/schema, then the types of what is asked of them: in this order, because who adds a field and asks
 * for it at once has documents that the schema of before does not know.
 */
import { spawnSync } from 'node:child_process'
import { build, generate, generateDocuments, install, prepare } from './prepare.mjs'
import { root, runtimeEnvironment, runtimeNode } from './runtime.mjs'

await prepare([install, generate, build])
const { status } = spawnSync(runtimeNode(), ['packages/server/src/cli.ts', 'schema', ...process.argv.slice(2)], {
  cwd: root,
  env: runtimeEnvironment(),
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)
await prepare([generateDocuments])
