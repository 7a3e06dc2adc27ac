import ai from '@espalier/ai'
import { stubModelServer } from '@espalier/ai/testing'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import { afterAll, expect, test } from 'vitest'

// What models cost, from a call that a model service answered to the alert, the list of costs and the report.

let now = new Date()
now.setUTCHours(10, 30, 0, 0)
const { kernel, signIn } = await servedKernel([ai, mail, operations], { clock: { now: () => now } })
const service = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const stub = await stubModelServer({ answer: () => 'x'.repeat(400_000) })
afterAll(() => stub.close())

test('calls of models are watched, counted by day and told in the report, in their workspace alone', async () => {
  const client = await signIn()
  const stranger = await signIn()
  const french = await signIn({ role: 'admin', workspace: client.workspaceId })
  await french.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  const rule = { name: 'Dear', metric: 'ai.spend', kind: 'THRESHOLD', direction: 'ABOVE', threshold: 100_000 }
  for (const each of [client, stranger])
    await each.ask(
      'mutation($input: AlertRuleInput!) { createAlertRule(input: $input) { ... on Error { message } } }',
      { input: rule },
    )
  const context = contextOf(client.workspaceId)
  const models = kernel.service(ai)
  await context.transaction((tx) => models.setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'sk-of-the-test' }))
  const { costMicros } = await models.ask(context, {
    purpose: 'tests.say',
    idempotencyKey: 'one',
    messages: [{ role: 'user', content: 'Name a tree.' }],
  })
  // Some tokens of input at $0.40, and of 400,000 bytes 100,000 of output at $1.60, for a million each; rounded up.
  expect(costMicros).toBe(160_002)
  const day = now.toISOString().slice(0, 10)

  now = new Date(now.getTime() + 40 * 60_000)
  for (const { workspaceId } of [client, stranger]) await service.alerts.check(contextOf(workspaceId))
  const alerts = '{ alerts { nodes { value cause } } }'
  expect(await client.ask(alerts)).toMatchObject({
    alerts: { nodes: [{ value: 160_002, cause: expect.stringContaining('Cost of model calls: $0.16') }] },
  })
  expect(await stranger.ask(alerts)).toEqual({ alerts: { nodes: [] } })

  const costs = `{ costs(from: "${day}", to: "${day}") { totalMicros days { day kind purpose count costMicros } } }`
  expect(await client.ask(costs)).toEqual({
    costs: {
      totalMicros: 160_002,
      days: [{ day, kind: 'models', purpose: 'tests.say', count: 1, costMicros: 160_002 }],
    },
  })

  now = new Date(now.getTime() + 86_400_000)
  const report = '{ dailyReport { sections { name heading items { text } } } }'
  const told = async (who: typeof client) => {
    const { dailyReport } = await who.ask<{
      dailyReport: { sections: { name: string; heading: string; items: { text: string }[] }[] }
    }>(report)
    return dailyReport.sections.find(({ name }) => name === 'cost')
  }
  expect((await told(client))?.items[0]?.text).toBe('Calls of models: $0.16 (1).')
  expect((await told(french))?.heading).toBe('Ce que cela a coûté')
  expect((await told(french))?.items[0]?.text.replace(/\s/g, ' ')).toBe('Appels de modèles : 0,16 $US (1).')
  expect(await told(stranger)).toBeUndefined()
})
