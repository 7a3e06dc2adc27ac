import { createSchema } from 'graphql-yoga'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { credentialsOf, person } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'
import { startPlainYoga } from './plainYoga.ts'

/** A schema whose mutation leaves a trace, so that an attack is seen by what it did and not by its answer. */
function target() {
  const written: string[] = []
  const schema = createSchema({
    typeDefs: `
      type Query { hello(words: [Int!]): String, secretReport: String }
      type Mutation { write(text: String): String }
      type Subscription { ticks: Int }`,
    resolvers: {
      Query: { hello: () => 'hello' },
      Mutation: {
        write: (_: unknown, { text }: { text: string }) => {
          written.push(text)
          return text
        },
      },
      Subscription: {
        ticks: {
          subscribe: async function* () {
            yield { ticks: 1 }
          },
        },
      },
    },
  })
  return { schema, written }
}

/** Ours and plain Yoga, each with a target of its own. */
async function bothServers() {
  const [ours, plain] = [target(), target()]
  const { url, server } = await startServer({
    production: true,
    authenticator: credentialsOf({ victim: person('victim', 'owner') }),
    graphql: { admin: () => ours.schema, public: () => ours.schema, context: () => ({}) },
  })
  return {
    ours: { url, server, written: ours.written },
    plain: { url: await startPlainYoga(plain.schema), written: plain.written },
  }
}

/** As a browser sends it on behalf of a page of evil.test, with the victim's cookie. */
const crossSite = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site', cookie: 'session=victim' }
const mutation = 'mutation { write(text: "by evil.test") }'

describe.each(['/graphql', '/graphql/public'])('What plain Yoga lets through, %s does not:', (path) => {
  it('a form of another site that runs a mutation', async () => {
    const { ours, plain } = await bothServers()
    const attack = (url: string) =>
      fetch(url, {
        method: 'POST',
        headers: { ...crossSite, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: mutation }),
      })
    expect((await attack(`${plain.url}/graphql`)).status).toBe(200)
    expect(plain.written).toEqual(['by evil.test'])
    const refused = await attack(ours.url + path)
    expect(refused.status).toBe(415)
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] })
    expect(ours.written).toEqual([])
  })

  it('a multipart form of another site that runs a mutation', async () => {
    const { ours, plain } = await bothServers()
    const attack = (url: string) => {
      const form = new FormData()
      form.set('operations', JSON.stringify({ query: mutation }))
      form.set('map', '{}')
      return fetch(url, { method: 'POST', headers: crossSite, body: form })
    }
    expect((await attack(`${plain.url}/graphql`)).status).toBe(200)
    expect(plain.written).toEqual(['by evil.test'])
    expect((await attack(ours.url + path)).status).toBe(415)
    expect(ours.written).toEqual([])
  })

  it("JSON of another site with the victim's cookie", async () => {
    const { ours, plain } = await bothServers()
    const attack = (url: string) =>
      fetch(url, {
        method: 'POST',
        headers: { ...crossSite, 'content-type': 'application/json' },
        body: JSON.stringify({ query: mutation }),
      })
    await attack(`${plain.url}/graphql`)
    expect(plain.written).toEqual(['by evil.test'])
    const refused = await attack(ours.url + path)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'CROSS_SITE_REQUEST', traceId: expect.any(String) } }],
    })
    expect(ours.written).toEqual([])
    const own = await fetch(ours.url + path, {
      method: 'POST',
      headers: { origin: ours.url, cookie: 'session=victim', 'content-type': 'application/json' },
      body: JSON.stringify({ query: mutation }),
    })
    expect(own.status).toBe(200)
    expect(ours.written).toEqual(['by evil.test'])
  })

  it('any origin, reflected with credentials', async () => {
    const { ours, plain } = await bothServers()
    for (const method of ['OPTIONS', 'POST']) {
      const ask = (url: string, origin: string) =>
        fetch(url, {
          method,
          headers: { origin, 'content-type': 'application/json', 'access-control-request-method': 'POST' },
          ...(method === 'POST' ? { body: '{"query":"{hello}"}' } : {}),
        }).then(({ headers }) => [
          headers.get('access-control-allow-origin'),
          headers.get('access-control-allow-credentials'),
        ])
      expect(await ask(`${plain.url}/graphql`, 'https://evil.test')).toEqual(['https://evil.test', 'true'])
      expect(await ask(ours.url + path, 'https://evil.test')).toEqual([null, null])
      expect(await ask(ours.url + path, ours.url)).toEqual([ours.url, 'true'])
    }
  })

  it('a body of 10 MB', async () => {
    const { ours, plain } = await bothServers()
    const body = JSON.stringify({ query: '{ hello }', variables: { waste: 'x'.repeat(10_000_000) } })
    const send = (url: string, sent: BodyInit) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: sent,
        duplex: 'half',
      } as RequestInit)
    expect((await send(`${plain.url}/graphql`, body)).status).toBe(200)
    const refused = await send(ours.url + path, body)
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BODY_TOO_LARGE' } }] })
    // Without a declared length, too.
    expect((await send(ours.url + path, new Blob([body]).stream())).status).toBe(413)
  })

  it('names of the schema that nobody asked for', async () => {
    const { ours, plain } = await bothServers()
    const guess = async (url: string) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ secretRepor }"}',
        })
      ).text()
    expect(await guess(`${plain.url}/graphql`)).toContain('Did you mean')
    const answer = await guess(ours.url + path)
    expect(answer).toContain('Cannot query field')
    expect(answer).not.toMatch(/secretReport|Did you mean/)
  })

  it('the whole schema, and a console to explore it', async () => {
    const { ours, plain } = await bothServers()
    const introspect = async (url: string) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ __schema { types { name } } }"}',
        })
      ).text()
    expect(await introspect(`${plain.url}/graphql`)).toContain('"Mutation"')
    expect(await introspect(ours.url + path)).not.toContain('"Mutation"')
    const browse = async (url: string) => (await fetch(url, { headers: { accept: 'text/html' } })).text()
    expect(await browse(`${plain.url}/graphql`)).toContain('<html')
    expect(await browse(ours.url + path)).not.toContain('<html')
  })

  it("a WebSocket that a foreign page opens with the victim's cookie", async () => {
    const { ours, plain } = await bothServers()
    const open = (url: string, headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers })
        socket.on('open', () => {
          socket.terminate()
          resolve('open')
        })
        socket.on('unexpected-response', (_, response) => {
          resolve(`refused with ${response.statusCode}`)
          socket.terminate()
        })
        socket.on('error', () => {})
      })
    const foreign = { cookie: 'session=victim', origin: 'https://evil.test' }
    expect(await open(`${plain.url}/graphql`, foreign)).toBe('open')
    expect(await open(ours.url + path, foreign)).toBe('refused with 403')
    expect(await open(ours.url + path, { cookie: 'session=victim', origin: ours.url })).toBe('open')
  })

  it('a document without end', async () => {
    const { ours, plain } = await bothServers()
    const body = JSON.stringify({ query: `{ hello(words: [${'1 '.repeat(50_000)}]) }` })
    const send = (url: string) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect((await (await send(`${plain.url}/graphql`)).json()).data).toEqual({ hello: 'hello' })
    expect(await (await send(ours.url + path)).json()).toMatchObject({
      errors: [
        { message: expect.stringContaining('3000 tokens'), extensions: { code: 'QUERY_TOO_LONG', limit: 3_000 } },
      ],
    })
  })

  it('a field asked for a thousand times under other names', async () => {
    const { ours, plain } = await bothServers()
    const query = `{ ${Array.from({ length: 900 }, (_, n) => `a${n}: hello`).join(' ')} }`
    const send = (url: string) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })
    expect(Object.keys((await (await send(`${plain.url}/graphql`)).json()).data)).toHaveLength(900)
    expect(await (await send(ours.url + path)).json()).toMatchObject({
      errors: [{ extensions: { code: 'TOO_MANY_ALIASES', limit: 30, actual: 900 } }],
    })
  })
})

describe('Already sound in plain Yoga, and so it stays:', () => {
  it('GET runs no mutation, text/plain is no JSON, and a batch is refused', async () => {
    const { ours } = await bothServers()
    const get = await fetch(`${ours.url}/graphql?query=${encodeURIComponent(mutation)}`)
    expect(get.status).toBe(405)
    const text = await fetch(`${ours.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query: mutation }),
    })
    expect(text.status).toBe(415)
    const batch = await fetch(`${ours.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: mutation }]),
    })
    expect(batch.status).toBe(400)
    const put = await fetch(`${ours.url}/graphql`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: mutation }),
    })
    expect(put.status).toBe(405)
    expect(ours.written).toEqual([])
  })
})

describe('Errors carry a code,', () => {
  it('also where the client takes no form in which there are answers', async () => {
    const { ours } = await bothServers()
    const picture = await fetch(`${ours.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'image/png' },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    expect(picture.status).toBe(406)
    expect(await picture.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] })
  })
})
