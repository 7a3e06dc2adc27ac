import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

// Any script on a prepared clone and on its Node: node scripts/run.mjs scripts/bench.ts
await prepare()
handOver(process.argv.slice(2))
