import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

await prepare()
handOver(['--watch', '--watch-preserve-output', 'packages/server/src/cli.ts', 'serve', ...process.argv.slice(2)])
