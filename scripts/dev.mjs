import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

await prepare()
handOver(['scripts/watch.ts', ...process.argv.slice(2)])
