/** The product as it is served: sign-in by key, limits, metrics, the log of operations, the whole of its HTTP. */
import { serveKernel } from '../../packages/core/src/plugin/serveKernel.ts'
import { startKernel } from './kernel.ts'
import { listening, staging } from './stage.ts'

const kernel = await startKernel(staging())
const server = serveKernel(kernel, { rateLimits: { apiKey: { points: 1e9, seconds: 60 } } })
listening(`${await server.listen(0, '127.0.0.1')}/graphql/public`)
