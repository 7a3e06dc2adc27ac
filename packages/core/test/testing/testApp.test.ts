import { describe, expect, test } from 'vitest'
import { testApp } from '../../src/testing/index.ts'
import { cellar, echo, orchard, orchardTables } from './orchard.ts'

const app = await testApp({ plugins: [cellar], tables: orchardTables, now: '2026-03-01T12:00:00Z' })
const { diary } = app.service(orchard)

const plant = `mutation ($kind: String!) { plantTree(kind: $kind) {
  ... on PlantTreeSuccess { data }
  ... on Error { code message }
} }`

/** A workspace with an editor in it, and a diary that begins anew. */
async function newOrchard() {
  await app.quiet()
  const workspace = await app.newWorkspace()
  diary.splice(0)
  return { workspace, editor: await workspace.as('editor') }
}

test('a beginning that is no instant is refused before anything is made', async () => {
  await expect(testApp({ plugins: [], now: 'noon' })).rejects.toThrow('"noon" is no instant')
})

describe('people and keys', () => {
  test('plugins that are required come along', () => {
    expect(app.kernel.plugins.map(({ name }) => name)).toEqual(['orchard', 'cellar'])
  })

  test('a role may what it may, and a refusal is an answer', async () => {
    const { workspace, editor } = await newOrchard()
    expect(await editor.mutate(plant, { kind: 'pear' })).toMatch(/^[0-9a-f-]{36}$/)
    const viewer = await workspace.as('viewer', { name: 'Ada', locale: 'fr' })
    expect(await viewer.ask('{ treeCount viewer { user { name locale } } }')).toMatchObject({
      treeCount: 1,
      viewer: { user: { name: 'Ada', locale: 'fr' } },
    })
    expect(await viewer.refused(plant, { kind: 'pear' })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await editor.refused(plant, { kind: 'weed' })).toEqual({
      code: 'CONFLICT',
      message: 'Weeds come by themselves.',
    })
  })

  test('anonymous callers and keys are known by what they hold', async () => {
    const { workspace } = await newOrchard()
    const anonymous = await workspace.as('anonymous')
    await expect(anonymous.ask('{ treeCount }')).rejects.toMatchObject({ name: 'ApiFailure', code: 'UNAUTHENTICATED' })
    const key = await workspace.withKey(['orchard:read'])
    expect(await key.ask('{ treeCount }')).toEqual({ treeCount: 0 })
    expect(
      (await (await workspace.withKey(['orchard:write'])).answer('{ treeCount }')).errors?.[0]?.extensions?.code,
    ).toBe('FORBIDDEN')
    await expect(workspace.withKey(['orchard:raed'])).rejects.toThrow('orchard:raed')
  })

  test('a workspace sees nothing of another', async () => {
    const ours = await newOrchard()
    const theirs = await newOrchard()
    await ours.editor.mutate(plant, { kind: 'pear' })
    expect(await ours.editor.ask('{ treeCount }')).toEqual({ treeCount: 1 })
    expect(await theirs.editor.ask('{ treeCount }')).toEqual({ treeCount: 0 })
  })

  test('settings are checked and set', async () => {
    const { workspace, editor } = await newOrchard()
    await workspace.set(orchard, { rows: 7 })
    expect(await editor.ask('{ treeRows }')).toEqual({ treeRows: 7 })
    await expect(workspace.set(orchard, { rows: 11 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('routes are reached by anybody, under the slug of the workspace', async () => {
    const { workspace, editor } = await newOrchard()
    const visitor = await app.as('anonymous')
    expect((await visitor.fetch(`/orchard/${workspace.slug}`, { method: 'POST' })).status).toBe(201)
    expect((await visitor.fetch('/orchard/nowhere', { method: 'POST' })).status).toBe(404)
    expect(await editor.ask('query ($kind: String) { treeCount(kind: $kind) }', { kind: 'pear' })).toEqual({
      treeCount: 1,
    })
  })

  test('a furnishing reaches the workspaces that are there, and those that come', async () => {
    const furnished: string[] = []
    await app.eachWorkspace(async ({ id }) => void furnished.push(id))
    expect(furnished).toContain(app.workspace.id)
    const { workspace } = await newOrchard()
    expect(furnished.at(-1)).toBe(workspace.id)
  })
})

describe('what fails says why', () => {
  test('an unknown field: who asked what', async () => {
    const viewer = await app.as('viewer')
    const failure = await viewer.ask('query Pears { pearCount }', { a: 1 }).catch((error) => error)
    expect(failure.message).toContain('GRAPHQL_VALIDATION_FAILED: Cannot query field "pearCount" on type "Query".')
    expect(failure.message).toContain('Asked by a viewer:\n  query Pears { pearCount }\n  with {"a":1}')
  })

  test('an error that nobody intended: the stack of the server', async () => {
    const editor = await app.as('editor')
    const failure = await editor.mutate(plant, { kind: 'axe' }).catch((error) => error)
    expect(failure).toMatchObject({ code: 'INTERNAL_ERROR', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(failure.message).toContain('at plantTree')
    expect(failure.message).toMatch(
      /In the server:\n {2}TypeError: An axe is no tree\n {6}at Orchard\.plant .*orchard\.ts/,
    )
    expect(app.logged.some(({ err }) => err?.message === 'An axe is no tree')).toBe(true)
  })

  test('a mutation that refused, was carried out, or was not asked how it ended', async () => {
    const editor = await app.as('editor')
    const refused = await editor.mutate(plant, { kind: 'weed' }).catch((error) => error)
    expect(refused).toMatchObject({ name: 'UnexpectedAnswer', code: 'CONFLICT' })
    expect(refused.message).toContain('plantTree was refused: CONFLICT: Weeds come by themselves.')
    await expect(editor.refused(plant, { kind: 'plum' })).rejects.toThrow('plantTree was carried out')
    const silent = 'mutation { plantTree(kind: "weed") { ... on PlantTreeSuccess { data } } }'
    await expect(editor.mutate(silent)).rejects.toThrow(
      'Ask "... on PlantTreeSuccess { data { … } } ... on Error { code message }" of it.',
    )
    await expect(editor.mutate('{ treeCount treeRows }')).rejects.toThrow('should have one mutation')
  })

  test('a subscription that does not do: with its first value', async () => {
    const viewer = await app.as('viewer')
    const pears = await viewer.watch('subscription { pears }')
    await expect(pears.next()).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' })
  })
})

test('a subscription is followed until one leaves', async () => {
  const { workspace, editor } = await newOrchard()
  const trees = await (await workspace.as('viewer')).watch<{ trees: number }>('subscription { trees }')
  expect((await trees.next()).value).toEqual({ trees: 0 })
  await editor.mutate(plant, { kind: 'pear' })
  expect((await trees.next()).value).toEqual({ trees: 1 })
  await trees.return()
  expect((await trees.next()).done).toBe(true)
})

describe('time and jobs', () => {
  test('nothing runs by itself; quiet runs what is due, handlers and what nobody waited for among it', async () => {
    const { editor } = await newOrchard()
    await editor.mutate(plant, { kind: 'pear' })
    expect(diary).toEqual([])
    const runs = await app.quiet()
    expect(diary.toSorted()).toEqual(['cellar pear', 'note pear', 'shelf pear'])
    expect(runs.map(({ job }) => job).toSorted()).toEqual([
      'cellar.on.orchard.tree-planted',
      'cellar.on.orchard.tree-planted.in-order',
      'orchard.note',
    ])
    expect(await app.quiet()).toEqual([])
  })

  test('a job that is to start later waits for the clock of the test, and sees it', async () => {
    const { workspace, editor } = await newOrchard()
    await editor.mutate(plant, { kind: 'pear' })
    await app.quiet()
    app.clock.advance({ minutes: 59, seconds: 59 })
    const watered = async () =>
      (await app.quiet()).filter(({ job, workspaceId }) => job === 'orchard.water' && workspaceId === workspace.id)
    expect(await watered()).toEqual([])
    app.clock.advance({ seconds: 1 })
    expect(await watered()).toMatchObject([{ attempt: 0, result: { watered: 1 } }])
    expect(diary).toContain(`water ${app.clock.now().toISOString()}`)
  })

  test('a schedule runs by the clock of the test, once however long the jump, in each workspace', async () => {
    const { workspace } = await newOrchard()
    app.clock.advance({ days: 3 })
    const runs = await app.quiet()
    const inspected = runs.filter(({ job }) => job === 'orchard.inspect').map(({ workspaceId }) => workspaceId)
    expect(inspected).toContain(workspace.id)
    expect(inspected).toContain(app.workspace.id)
    expect(new Set(inspected).size).toBe(inspected.length)
    expect(diary.filter((line) => line === 'census')).toEqual(['census'])
    // 06:00 in Paris is 05:00 UTC; the clock stands at noon, UTC, or later.
    diary.splice(0)
    app.clock.advance({ hours: 10 })
    await app.quiet()
    expect(diary.filter((line) => line.startsWith('inspect'))).toEqual([])
    app.clock.advance({ hours: 12 })
    await app.quiet()
    expect(diary.filter((line) => line.startsWith('inspect')).length).toBe(inspected.length)
  })

  test('a job that fails fails the test, with its input and its stack, and is retried when its pause is over', async () => {
    const { editor } = await newOrchard()
    const id = await editor.mutate(plant, { kind: 'pear' })
    app.service(orchard).drought = new Error('No water')
    app.clock.advance({ hours: 1 })
    const failure = await app.quiet().catch((error) => error)
    expect(failure).toMatchObject({ name: 'JobsFailed', cause: { message: 'No water' } })
    expect(failure.message).toContain(`orchard.water, attempt 1, with {"id":"${id}"}\n  Error: No water\n`)
    expect(failure.message).toContain('testApp.test.ts')
    app.clock.advance({ minutes: 2 })
    const [again] = (await app.quiet({ mayFail: true })).filter(({ job }) => job === 'orchard.water')
    expect(again).toMatchObject({ job: 'orchard.water', attempt: 1, error: { message: 'No water' } })
    app.service(orchard).drought = undefined
    app.clock.advance({ minutes: 4 })
    expect(await app.quiet()).toContainEqual(expect.objectContaining({ attempt: 2, result: { watered: 1 } }))
  })

  test('a year may pass, and whoever is signed in still is', async () => {
    const { editor } = await newOrchard()
    app.clock.advance({ days: 365 })
    await app.quiet()
    expect(await editor.ask('{ treeCount }')).toEqual({ treeCount: 0 })
    expect(() => app.clock.advance({ days: Number.NaN })).toThrow('Time cannot advance')
  })

  test('events of a key are handled in their order, and those behind one that failed wait for it', async () => {
    const { workspace, editor } = await newOrchard()
    app.service(cellar).closed = true
    for (const kind of ['pear', 'plum']) await editor.mutate(plant, { kind })
    const tried = (await app.quiet({ mayFail: true })).filter(({ job }) => job.endsWith('.in-order'))
    expect(tried).toMatchObject([{ attempt: 0, workspaceId: workspace.id, error: { message: 'The cellar is closed' } }])
    app.service(cellar).closed = false
    expect(await app.quiet()).toEqual([])
    app.clock.advance({ minutes: 1 })
    await app.quiet()
    expect(diary.filter((line) => line.startsWith('shelf'))).toEqual(['shelf pear', 'shelf plum'])
  })

  test('jobs without end are ended', async () => {
    const { workspace } = await newOrchard()
    await workspace.context.enqueue(echo, {})
    await expect(app.quiet({ most: 20 })).rejects.toThrow(
      'more than 20 ran, and more are due. The last was "orchard.echo"',
    )
  })
})
