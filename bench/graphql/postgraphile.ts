/**
 * PostGraphile 5 on the same tables, as the same role under the same policies; the workspace is a setting of each request's
 * transaction (`pgSettings`). Its Amber preset, in production mode: no GraphiQL, no watching, no explaining. Its mutation
 * writes no audit entry.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { keyCheck } from './keyCheck.ts'
import { listening, staging } from './stage.ts'

const { appUrl, workspaceId, keyHash } = staging()
const mayEnter = keyCheck(keyHash)
const served = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: appUrl, schemas: ['public'], poolConfig: { max: 10 } })],
  grafserv: { graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: ({ node }) => {
      if (!mayEnter(node?.req.headers.authorization)) throw new Error('The API key is unknown.')
      return { pgSettings: { 'app.workspace': workspaceId } }
    },
  },
})
const server = createServer()
await served.createServ(grafserv).addTo(server)
server.listen(0, '127.0.0.1', () => listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`))
