import { handOver } from './handOver.mjs'
import { prepareProduct } from './prepare.mjs'

await prepareProduct()
handOver(['packages/server/dist/espalier.js', 'serve', ...process.argv.slice(2)])
