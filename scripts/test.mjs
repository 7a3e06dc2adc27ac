import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

await prepare()
handOver(['scripts/testSuite.ts', ...process.argv.slice(2)])
