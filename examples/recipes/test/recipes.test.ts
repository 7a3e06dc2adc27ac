import { sql } from '@espalier/core'
import { testApp } from '@espalier/core/testing'
import tracking, { goalReached } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { callAnotherPlugin, extendAType, keepASecret, scheduleAJob, streamLiveData } from '../src/index.ts'
import { authorization } from '../src/keepASecret.ts'

const app = await testApp({
  plugins: [extendAType, callAnotherPlugin, scheduleAJob, streamLiveData, keepASecret, tracking],
})

/** A running experiment in a workspace of its own for each test: they count what runs. */
async function startedExperiment(name: string) {
  const workspace = await app.newWorkspace()
  const editor = await workspace.as('editor')
  const { id } = await editor.mutate(
    `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) {
      ... on CreateExperimentSuccess { data { id } } ... on Error { code message } } }`,
    {
      input: {
        key: 'hero',
        name,
        goal: 'signup',
        variants: [
          { key: 'a', name: 'A' },
          { key: 'b', name: 'B' },
        ],
      },
    },
  )
  const start = () =>
    editor.mutate(
      `mutation ($id: ID!) { startExperiment(id: $id) {
        ... on StartExperimentSuccess { data { id } } ... on Error { code message } } }`,
      { id },
    )
  return { workspace, editor, id, start }
}

test('an experiment says for how many days it has been running, and a draft that it has not', async () => {
  const { editor, start } = await startedExperiment('Hero')
  const ask = () => editor.ask('{ experiments { nodes { daysRunning } } }')
  expect(await ask()).toEqual({ experiments: { nodes: [{ daysRunning: null }] } })
  await start()
  app.clock.advance(3.5 * 86_400_000)
  expect(await ask()).toEqual({ experiments: { nodes: [{ daysRunning: 3 }] } })
})

test('the first time that a goal is reached is told once', async () => {
  const workspace = await app.newWorkspace()
  const reach = (goal: string | null) =>
    workspace.context.transaction((tx) =>
      tx.publish(goalReached, {
        eventId: uuidv7(),
        siteId: uuidv7(),
        pageId: null,
        visitorId: uuidv7(),
        goal,
        experiments: {},
        at: app.clock.now().toISOString(),
      }),
    )
  for (const goal of ['signup', 'signup', null, 'order']) await reach(goal)
  await app.quiet()
  const told = await workspace.context.db.query(sql`select "key" from "Notification" order by "key"`)
  expect(told).toEqual([{ key: 'first-goal/order' }, { key: 'first-goal/signup' }])
})

test('what has been running for four weeks is told on Monday at nine in Paris, once', async () => {
  const { workspace, start } = await startedExperiment('Hero')
  await start()
  const told = async () =>
    (await workspace.context.db.query(sql`select 1 from "Notification" where "kind" = 'oldExperiment'`)).length
  const passDays = async (days: number) => {
    app.clock.advance(days * 86_400_000)
    await app.quiet()
  }
  await passDays(27)
  expect(await told()).toBe(0)
  await passDays(9)
  expect(await told()).toBe(1)
  await passDays(7)
  expect(await told()).toBe(1)
})

test('whoever watches hears how many experiments run, at once and when that changes', async () => {
  const { editor, start } = await startedExperiment('Hero')
  const heard = await editor.watch('subscription { runningExperimentsUpdated }')
  expect((await heard.next()).value).toEqual({ runningExperimentsUpdated: 0 })
  await start()
  await app.quiet()
  expect((await heard.next()).value).toEqual({ runningExperimentsUpdated: 1 })
  await heard.return(undefined)
})

test('a secret is kept, used, and told to nobody', async () => {
  const workspace = await app.newWorkspace()
  const admin = await workspace.as('admin')
  const set = `mutation ($token: String!) { setCrmToken(token: $token) {
    ... on SetCrmTokenSuccess { data } ... on Error { code message } } }`
  expect(await admin.ask(set, { token: 'hello' })).toMatchObject({ setCrmToken: { code: 'INVALID_INPUT' } })
  expect(await admin.ask('{ crmTokenSetAt }')).toEqual({ crmTokenSetAt: null })
  await admin.mutate(set, { token: 'crm_4711' })
  expect(await admin.ask('{ crmTokenSetAt }')).toEqual({ crmTokenSetAt: app.clock.now().toISOString() })
  expect(await authorization(app.service(keepASecret), workspace.context)).toBe('Bearer crm_4711')
  await expect((await workspace.as('editor')).ask('{ crmTokenSetAt }')).rejects.toThrow(/crm:connect/)
  const rows = await workspace.context.db.query(sql`select "after"::text as "after" from "AuditEntry"`)
  expect(JSON.stringify(rows)).not.toContain('4711')
})
