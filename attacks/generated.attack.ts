import { readFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { knownIds } from './generation/knownIds.ts'
import { attack, seed } from './generation/lanes.ts'
import { leadsOf } from './generation/leads.ts'
import { type Operation, operationsOf } from './generation/operations.ts'
import { longest, type Reply, wrongWith, wrongWithGraphQL } from './generation/oracle.ts'
import { sendRaw } from './generation/rawRequest.ts'
import { requestsTo } from './generation/requests.ts'
import { attackedProduct, errorLevel, survives } from './product/attackedProduct.ts'

const full = process.env.ATTACKS === 'full'
const product = await attackedProduct()

const schemaAt = async (name: string) => buildSchema(await readFile(`docs/schema/${name}.graphql`, 'utf8'))
const schemas = { '/graphql': await schemaAt('admin'), '/graphql/public': await schemaAt('public') }
const ids = await knownIds(schemas['/graphql'], product.owner)
const leads = await leadsOf(product)

describe(`Generated requests (ATTACKS_SEED=${seed})`, () => {
  test('there is something to find', () => {
    expect(ids.size).toBeGreaterThan(5)
    expect(leads.routes.length).toBeGreaterThan(30)
  })

  test.each([
    ['/graphql', full ? 9_000 : 600],
    ['/graphql/public', full ? 4_000 : 200],
  ] as const)('to %s get an answer of GraphQL', async (path, numRuns) => {
    const schema = schemas[path]
    await survives(product, () =>
      attack(operationsOf(schema, ids), numRuns, async (operation) =>
        wrongWithGraphQL(await ask(path, operation), operation.query, JSON.stringify(operation), schema),
      ),
    )
    expect(unexpected()).toEqual([])
  })

  test('to every route get an answer, or none where they are no HTTP', async () => {
    const port = Number(new URL(product.url).port)
    await survives(product, () =>
      attack(requestsTo(leads), full ? 7_000 : 700, async (request) =>
        wrongWith(await sendRaw(port, request), request.head + request.body.toString('latin1')),
      ),
    )
    expect(unexpected()).toEqual([])
  })
})

let { cookie } = product.owner

async function ask(path: string, { query, variables, kind }: Operation): Promise<Reply> {
  const began = performance.now()
  const response = await fetch(product.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: kind === 'subscription' ? 'text/event-stream' : 'application/json',
      'x-forwarded-for': '198.19.0.1',
      origin: product.url,
      cookie,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(2 * longest),
  })
  const text = kind === 'subscription' && response.ok ? await firstEvent(response) : await response.text()
  const milliseconds = performance.now() - began
  // Among what is generated is signing out.
  if (text.includes('"UNAUTHENTICATED"')) await signInAgain()
  return { status: response.status, text, milliseconds }
}

/** The data of the first event of a stream, or what came in two seconds. */
async function firstEvent(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  let text = ''
  const end = after(2_000).then(() => ({ done: true, value: undefined }))
  while (reader && !/\ndata: .*\n/.test(text)) {
    const { done, value } = await Promise.race([reader.read(), end])
    if (done) break
    text += Buffer.from(value ?? []).toString()
  }
  await reader?.cancel()
  return /^data: (.*)$/m.exec(text)?.[1] || '{"data":null,"errors":[{"extensions":{"code":"NOTHING_YET"}}]}'
}

async function signInAgain(): Promise<void> {
  const response = await product.stranger('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({ email: product.email, password: product.password }),
  })
  if (response.ok)
    cookie = response.headers
      .getSetCookie()
      .map((entry) => entry.split(';')[0])
      .join('; ')
}

/** What the server has logged that nobody expected. */
function unexpected() {
  return product.log().filter(({ level }) => level >= errorLevel)
}
