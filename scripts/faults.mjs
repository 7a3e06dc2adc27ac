import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

// The product broken on purpose, at length, with the table of docs/reliability.md: npm run faults -- [part of a file's name]
await prepare()
process.env.FAULTS ??= 'full'
handOver(['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.faults.config.ts', ...process.argv.slice(2)])
