import ai, { budgetReached, budgetWarned } from '@espalier/ai'
import { defineJob, definePlugin } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import experiments, { verdictReached } from '@espalier/experiments'
import landingPages, {
  approvalNeeded,
  conversionRecord,
  loopProblem,
  variantIntroduced,
  variantRetired,
} from '@espalier/landing-pages'
import mail, { mailSendingHeld } from '@espalier/mail'
import operations from '@espalier/operations'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'

const doomed = defineJob({
  name: 'doom.fail',
  input: z.object({}),
  retry: { limit: 0 },
  run: async () => {
    throw new Error('out of ink')
  },
})
const doom = definePlugin({ name: 'doom', jobs: [doomed] })
const { kernel, signIn } = await servedKernel([
  tracking,
  experiments,
  ai,
  prompts,
  landingPages,
  mail,
  operations,
  doom,
])
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

interface Told {
  kind: string
  title: string
  body: string
  severity: string
  link: string
}
async function toldTo(client: Awaited<ReturnType<typeof signIn>>): Promise<Told[]> {
  const { notifications } = await client.ask<{ notifications: { nodes: Told[] } }>(
    '{ notifications { nodes { kind title body severity link } } }',
  )
  return notifications.nodes
}

test('what happens on a page that improves itself is told, each thing once, in both languages', async () => {
  const client = await signIn()
  const french = await signIn({ role: 'viewer', workspace: client.workspaceId })
  await french.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  const context = contextOf(client.workspaceId)
  const pageId = uuidv7()
  const happening = { pageId, pageTitle: 'Spring', runId: uuidv7(), summaryEn: 'It is so.', summaryFr: 'C’est ainsi.' }
  const variant = { stepId: uuidv7(), variantId: uuidv7(), variantKey: 'bold' }
  await context.publish(variantIntroduced, { ...happening, ...variant })
  await context.publish(variantIntroduced, { ...happening, ...variant })
  await context.publish(variantRetired, { ...happening, ...variant })
  await context.publish(conversionRecord, {
    ...happening,
    variantKey: 'bold',
    conversionRate: 0.1,
    lower: 0.09,
    upper: 0.11,
  })
  await context.publish(loopProblem, { ...happening, code: 'BOTS' })
  await context.publish(approvalNeeded, { ...happening, stepId: uuidv7(), kind: 'introduction', variantKey: 'bold' })
  await expect
    .poll(async () => (await toldTo(client)).map(({ title }) => title).sort())
    .toEqual([
      'A record on “Spring”: bold',
      'A variant of “Spring” was switched off: bold',
      'New variant of “Spring”: bold',
      '“Spring” is not improved for now',
      '“Spring” waits for your yes or no',
    ])
  expect((await toldTo(french)).find(({ kind }) => kind === 'approval')).toEqual({
    kind: 'approval',
    title: '« Spring » attend votre décision',
    body: 'C’est ainsi.',
    severity: 'WARNING',
    link: `/pages/${pageId}`,
  })
})

test('budgets and mail that stands still are told', async () => {
  const client = await signIn()
  const context = contextOf(client.workspaceId)
  const budget = { month: '2026-11', purpose: '', limitMicros: 10_000_000, spentMicros: 8_000_000 }
  await context.publish(budgetWarned, budget)
  await context.publish(budgetReached, { ...budget, spentMicros: 10_000_000, purpose: 'landing-pages.write-variant' })
  await context.publish(mailSendingHeld, { holdId: uuidv7() })
  await expect.poll(() => toldTo(client)).toHaveLength(3)
  const told = await toldTo(client)
  expect(told.map(({ body }) => body)).toEqual(
    expect.arrayContaining([
      '$8.00 of $10.00 in 2026-11, for all purposes together.',
      '$10.00 of $10.00 in 2026-11, for landing-pages.write-variant.',
    ]),
  )
  expect(told.filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(2)
})

test('a job that fails for good is told once an hour, however many fail, and to its own workspace', async () => {
  const client = await signIn()
  const stranger = await signIn()
  for (let index = 0; index < 3; index++) await contextOf(client.workspaceId).enqueue(doomed, {})
  await expect
    .poll(() => toldTo(client))
    .toMatchObject([{ kind: 'failedJob', title: 'A job failed for good: doom.fail', body: 'out of ink' }])
  expect(await toldTo(stranger)).toEqual([])
})

test('a verdict is told with its reasons, and waits in the report until somebody acts on it', async () => {
  const client = await signIn()
  const context = contextOf(client.workspaceId)
  const service = kernel.service(experiments)
  const { id } = await context.transaction((tx) =>
    service.create(tx, {
      key: 'spring',
      name: 'Spring',
      goal: 'order',
      variants: [
        { key: 'control', name: 'As it was' },
        { key: 'bold', name: 'Bold' },
      ],
    } as never),
  )
  await context.transaction((tx) => service.start(tx, id))
  const verdict = {
    state: 'winner',
    variant: 'bold',
    phase: 1,
    at: new Date().toISOString(),
    reasons: [{ code: 'BEST', variant: 'bold', chance: 0.98 }],
  }
  await context.db.prisma.experiment.updateMany({ where: { id }, data: { verdict } })
  await context.publish(verdictReached, { experimentId: id, phase: 1, state: 'winner', variant: 'bold' })
  await expect
    .poll(() => toldTo(client))
    .toMatchObject([
      {
        kind: 'significantChange',
        title: '“Spring”: Bold wins',
        severity: 'SUCCESS',
        body: expect.stringMatching(/98/),
      },
    ])
  const report = '{ dailyReport { sections { name items { text } } } }'
  expect(await client.ask(report)).toMatchObject({
    dailyReport: {
      sections: [{ name: 'decision', items: [{ text: '“Spring”: Bold won and is not for everyone yet.' }] }],
    },
  })
  await context.transaction((tx) => service.complete(tx, id, 'bold'))
  expect(await client.ask(report)).toMatchObject({ dailyReport: { sections: [] } })
})

test('the plugin works alone with mail', async () => {
  const alone = await servedKernel([mail, operations])
  const client = await alone.signIn()
  expect(
    await client.ask(
      '{ alertMetrics { name } dailyReport { empty } costs(from: "2026-11-01", to: "2026-11-02") { totalMicros } }',
    ),
  ).toEqual({
    alertMetrics: [{ name: 'mail.bounceRate' }],
    dailyReport: { empty: true },
    costs: { totalMicros: 0 },
  })
})
