import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as after } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { servedKernel } from '../../src/testing/index.ts'
import { library } from '../schema/library.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void

const { kernel, url, signIn } = await servedKernel([library])

const create = (slug: string) => `mutation {
  createPage(input: { slug: "${slug}", title: "T", variants: ["a", "b"] }) { ... on CreatePageSuccess { data { id } } }
}`

// Whatever reaches a request from what lives long, a WeakMap or the shape of an object, keeps all that the request has made until V8 next
// goes through its whole heap: half of a server's time went into copying it.
test.each(['an API key', 'a session'])(
  'small collections of garbage leave nothing of requests by %s that were answered',
  async (way) => {
    const { workspaceId, answer, headers: ofSession } = await signIn({ role: 'owner' })
    for (const slug of ['one', 'two', 'three']) await answer(create(slug))
    const { key } = await kernel.access.createApiKey(workspaceId, { name: 'reader', scopes: ['library:read'] })
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    onTestFinished(() => agent.destroy())
    const document =
      '{ pages { nodes { id slug title variants(first: 2) { nodes { key } } } pageInfo { hasNextPage endCursor } } }'
    const body = JSON.stringify({ query: document })
    const headers = {
      ...(way === 'a session' ? ofSession : { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    }
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        const asked = request(`${url}/graphql`, { method: 'POST', agent, headers }, (answered) =>
          text(answered).then(resolve, reject),
        )
        asked.on('error', reject).end(body)
      })
    const grown = async (work: () => Promise<unknown>) => {
      gc({ type: 'minor' })
      const before = process.memoryUsage().heapUsed
      await work()
      gc({ type: 'minor' })
      gc({ type: 'minor' })
      return process.memoryUsage().heapUsed - before
    }
    /** Bytes a request, without what grows meanwhile by itself: other tests have left servers in this process. */
    const kept = async (requests: number) => {
      const began = performance.now()
      const busy = await grown(async () => {
        for (let asked = 0; asked < requests; asked += 4) await Promise.all([ask(), ask(), ask(), ask()])
      })
      const idle = await grown(() => after(performance.now() - began))
      return (busy - idle) / requests
    }
    expect(JSON.parse(await ask()).data.pages.nodes).toHaveLength(3)
    // Until it is compiled, and its code as good as it gets.
    await kept(600)
    const measured = [await kept(200), await kept(200), await kept(200), await kept(200), await kept(200)]
    // Three to four kB, up to ten in a process in which other tests have been; each of what once kept a request makes it eleven more.
    expect(measured.toSorted((a, b) => a - b)[2]).toBeLessThan(12_000)
  },
)
