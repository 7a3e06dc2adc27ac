/** The product as a person's browser asks it: by the cookie of a session, at the endpoint of the admin app. */
import { serveKernel } from '../../packages/core/src/plugin/serveKernel.ts'
import { createPerson, sessionCookie } from '../../packages/core/src/testing/people.ts'
import { startKernel } from './kernel.ts'
import { listening, staging } from './stage.ts'

const told = staging()
const { workspaceId } = told
const kernel = await startKernel(told)
const personId = await createPerson(kernel)
await kernel.access.addMember(workspaceId, personId, 'editor')
const server = serveKernel(kernel, { rateLimits: { user: { points: 1e9, seconds: 60 } } })
listening(`${await server.listen(0, '127.0.0.1')}/graphql`, {
  cookie: await sessionCookie(kernel, personId),
  origin: kernel.publicUrl,
  'x-espalier-workspace': workspaceId,
})
