/**
 * Apollo Server 5 on our resolvers: our schema object, our context, our look-up of the API key. As its docs advise for
 * production: NODE_ENV=production, introspection off, and its cache of parsed documents, which is on by default. No limits,
 * metrics or logs.
 */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { may as mayDo } from '../../packages/core/src/access/principal.ts'
import type { GraphQLContext } from '../../packages/core/src/schema/graphqlContext.ts'
import { startKernel } from './kernel.ts'
import { listening, staging } from './stage.ts'

const kernel = await startKernel(staging())
const { access, contexts, schemas } = kernel
const apollo = new ApolloServer<GraphQLContext>({ schema: schemas.public, introspection: false })
const { url } = await startStandaloneServer(apollo, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => {
    const headers = new Headers({ authorization: req.headers.authorization ?? '' })
    const authenticated = await access.authenticate({ headers, address: '127.0.0.1' })
    if (!authenticated?.workspaceId || !authenticated.principal) throw new Error('The API key is unknown.')
    const request = { address: '127.0.0.1', userAgent: '', traceId: '', requestId: '', locale: 'en' }
    const workspace = contexts.workspace(authenticated.workspaceId, authenticated.principal)
    const options = { authenticated, request, workspace: () => workspace }
    // Apollo copies a context's properties, which ours, a class with private ones, does not survive.
    const may = (permission: `${string}:${string}`) => mayDo(authenticated.principal, permission)
    return { ...workspace, authenticated, request, user: undefined, may, options } as GraphQLContext
  },
})
listening(url)
