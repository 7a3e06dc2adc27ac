import type { TestApp } from '@espalier/core/testing'
import ai from '../index.ts'
import { type StubModelServer, type StubOptions, stubModelServer } from './stubModelServer.ts'

/**
 * A model that says what a test says, set as the service of every workspace of the test. Calls go through the whole plugin and over
 * HTTP in OpenAI's format: budgets, the ledger, structured outputs and their checks are the real ones.
 *
 * @param answer what the model says to a request: text, `{ json: … }` for a structured output, a refusal. Default: "A pear tree."
 * @returns `requests` are the calls as they came; `script` changes what the model says; `fail` lets the next ones go wrong
 * @throws StartError when the ai plugin is not among those of the test
 * @example
 * const model = await testModel(app, ({ messages }) => ({ json: { headline: `Not ${messages.at(-1)?.content}` } }))
 * await app.quiet()
 * expect(model.requests).toMatchObject([{ model: 'gpt-4.1-mini' }])
 */
export async function testModel(app: TestApp, answer?: StubOptions['answer']): Promise<StubModelServer> {
  const service = app.service(ai)
  const model = await stubModelServer({ ...(answer && { answer }) })
  app.beforeClose(() => model.close())
  await app.eachWorkspace(({ context }) =>
    context.transaction((tx) => service.setConnection(tx, { baseUrl: model.baseUrl, apiKey: 'sk-of-the-test' })),
  )
  return model
}
