import { handOver } from './handOver.mjs'
import { prepareProduct } from './prepare.mjs'

// Any command of the product, on a prepared clone: npm run espalier -- worker
await prepareProduct()
handOver(['packages/server/dist/espalier.js', ...process.argv.slice(2)])
