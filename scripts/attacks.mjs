import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

// The attacks in their long form: npm run attacks -- [part of a file's name] [options of vitest]
await prepare()
process.env.ATTACKS = 'full'
handOver(['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.attacks.config.ts', ...process.argv.slice(2)])
