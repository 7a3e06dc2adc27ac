import { sql } from '@espalier/core'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import tracking from '@espalier/tracking'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { createKernel } from '../../packages/core/src/plugin/createKernel.ts'
import { serveKernel } from '../../packages/core/src/plugin/serveKernel.ts'
import { createPerson, sessionCookie } from '../../packages/core/src/testing/people.ts'
import { generatedPlugin } from './generatedPlugin.ts'
import type { Started } from './installation.ts'

const { urls, plugins } = JSON.parse(process.argv[2] as string) as {
  urls: { app: string; system: string }
  plugins: number
}
const real = [tracking, experiments, landingPages]
const publicUrl = 'http://espalier.bench'
const kernel = await createKernel({
  plugins: [...real, ...Array.from({ length: plugins - real.length }, (_, number) => generatedPlugin(number))],
  database: { appUrl: urls.app, systemUrl: urls.system, prisma: PrismaClient as never, poolSize: 8, systemPoolSize: 4 },
  datamodel: getDatamodel(),
  secret: 'a secret of the benchmark, long enough',
  publicUrl,
  log: pino({ level: 'silent' }),
})
await kernel.start({ work: true })
const http = serveKernel(kernel, {
  trustProxy: 1,
  rateLimits: { anonymous: { points: 1e9, seconds: 60 }, apiKey: { points: 1e9, seconds: 60 } },
})
const url = await http.listen(0, '127.0.0.1')

const ownerId = await createPerson(kernel)
const id = (await filledWorkspace()) ?? (await newWorkspace())
const headers = { cookie: await sessionCookie(kernel, ownerId), origin: publicUrl, 'x-espalier-workspace': id }
const context = kernel.contexts.workspace(id, { type: 'system', name: 'bench' })
const site = await kernel.service(tracking).sites.ensure(context, 'Site 1')
const answer = await fetch(`${url}/graphql`, {
  method: 'POST',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ trackingSites { totalCount } }' }),
})
if (answer.status !== 200) throw new Error(`The server answers ${answer.status}.`)
await answer.arrayBuffer()
const started: Started = {
  url,
  headers,
  siteKey: site.key,
  startedIn: Math.round(performance.now()),
  memory: process.memoryUsage().rss,
}
process.send?.(started)
process.on('disconnect', () => process.exit())

/** In the middle of those that were made beforehand; undefined where none was. */
async function filledWorkspace(): Promise<string | undefined> {
  const [found] = await kernel.contexts.system('bench').system.query<{ id: string }>(
    sql`select "id" from "Workspace" where "slug" like 'workspace-%' order by "id"
      offset (select count(*) / 2 from "Workspace" where "slug" like 'workspace-%') limit 1`,
  )
  if (found) await kernel.access.addMember(found.id, ownerId, 'owner')
  return found?.id
}

/** One more for each start: a folder that is kept is asked again. */
async function newWorkspace(): Promise<string> {
  const made = await kernel.access.createWorkspace({ name: 'Measured', slug: `measured-${uuidv7()}`, ownerId })
  return made.id
}
