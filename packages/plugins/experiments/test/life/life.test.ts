import { ManualTime, type SignedInClient, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'
import { experimentDoor } from './experimentDoor.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const { kernel, signIn } = await servedKernel([tracking, experiments], { clock: time })
const service = kernel.service(experiments)
const hour = 3_600_000

const two = [
  { key: 'control', name: 'Control' },
  { key: 'bold', name: 'Bold' },
]
const three = [...two, { key: 'plain', name: 'Plain' }]

async function running(client: SignedInClient, input: object = {}) {
  const door = experimentDoor(client)
  const { data } = await door.create(input)
  const id = data?.id as string
  await door.act('startExperiment', { id })
  return { ...door, id }
}

describe('the life of an experiment', () => {
  test('it pauses, goes on in a new phase, and is completed; each is written down with who and why', async () => {
    const { id, act, read } = await running(await signIn())
    expect(await act('pauseExperiment', { id, why: 'The shop is closed.' })).toMatchObject({
      data: { status: 'PAUSED' },
    })
    time.advance(2 * hour)
    expect(await act('resumeExperiment', { id })).toMatchObject({ data: { status: 'RUNNING', phase: 2 } })
    await act('completeExperiment', { id, winner: 'bold' })
    const { phases, decisions, winner } = await read(id)
    expect(winner).toBe('bold')
    expect(phases).toMatchObject([
      { number: 2, reason: 'RESUMED', startedAt: '2026-03-02T11:00:00.000Z', endedAt: '2026-03-02T11:00:00.000Z' },
      { number: 1, reason: 'STARTED', startedAt: '2026-03-02T09:00:00.000Z', endedAt: '2026-03-02T09:00:00.000Z' },
    ])
    expect(decisions.map(({ kind, actor }) => [kind, actor.kind])).toEqual([
      ['STOP', 'USER'],
      ['RESUME', 'USER'],
      ['PAUSE', 'USER'],
      ['START', 'USER'],
    ])
    expect(decisions[2]?.reason).toBe('It was paused: nobody is assigned and nothing counts. The shop is closed.')
    expect(decisions[0]?.reason).toBe('It was completed: everyone gets “Bold”.')
  })

  test('a paused one shows nobody a variant; resumed, everyone has the variant of before', async () => {
    const client = await signIn()
    const { id, act, uuid } = await running(client)
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const visitors = Array.from({ length: 50 }, () => uuidv7())
    const given = () =>
      Promise.all(visitors.map(async (visitor) => (await service.assign(context, uuid(id), visitor))?.variantKey))
    const before = await given()
    expect(new Set(before)).toEqual(new Set(['control', 'bold']))
    await act('pauseExperiment', { id })
    expect(new Set(await given())).toEqual(new Set([undefined]))
    await act('resumeExperiment', { id })
    expect(await given()).toEqual(before)
  })

  test('what was archived comes back as it was; with a winner, everyone goes on getting it meanwhile', async () => {
    const client = await signIn()
    const { id, act, uuid, create } = await running(client)
    expect(await act('archiveExperiment', { id })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('complete it first'),
    })
    await act('completeExperiment', { id, winner: 'bold' })
    expect(await act('archiveExperiment', { id })).toMatchObject({ data: { status: 'ARCHIVED' } })
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    expect(await service.assign(context, uuid(id), uuidv7())).toMatchObject({ variantKey: 'bold', running: false })
    expect(await act('unarchiveExperiment', { id })).toMatchObject({ data: { status: 'COMPLETED' } })
    const draft = (await create({})).data?.id as string
    await act('archiveExperiment', { id: draft })
    expect(await act('unarchiveExperiment', { id: draft })).toMatchObject({ data: { status: 'DRAFT' } })
  })

  test.each([
    ['pauseExperiment', 'is draft. Only one that runs can be paused.'],
    ['resumeExperiment', 'is draft. Only one that is paused can be resumed.'],
    ['unarchiveExperiment', 'is draft. Only an archived one can be taken back.'],
    ['revertWinner', 'is draft. Only one that was completed with a winner can be reverted.'],
    ['determineWinner', 'has not started, so there is nothing to judge. Start it first.'],
    ['applyWinner', 'has no verdict yet. Determine it first, or force a winner and say why.'],
  ])('%s refuses a draft and says why, and nothing is written', async (mutation, why) => {
    const { create, act, read } = experimentDoor(await signIn())
    const id = (await create({})).data?.id as string
    const { __typename, message } = await act(mutation, { id })
    expect([__typename, message]).toEqual(['ConflictError', expect.stringContaining(why)])
    expect((await read(id)).decisions).toEqual([])
  })

  test('a duplicate is a draft with a seed of its own and no past', async () => {
    const client = await signIn()
    const { id, act, read, uuid } = await running(client, {
      variants: three,
      coverage: 0.4,
      condition: { country: 'FR' },
    })
    await act('changeRunningExperiment', { id, input: { retire: ['plain'] } })
    const key = `copy-${uuidv7()}`
    const copy = (await act('duplicateExperiment', { id, key })).data?.id as string
    const { status, phase, decisions, coverage, condition, variants, goal } = await read(copy)
    expect({ status, phase, decisions, coverage, condition, goal }).toEqual({
      ...{ status: 'DRAFT', phase: 0, decisions: [], coverage: 0.4, condition: { country: 'FR' }, goal: 'signup' },
    })
    expect(variants.map((variant) => variant.key)).toEqual(['control', 'bold'])
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const seeds = await Promise.all([id, copy].map(async (each) => (await service.get(context, uuid(each))).seed))
    expect(seeds[0]).not.toBe(seeds[1])
  })

  test('experiments of one namespace that overlap do not run together', async () => {
    const client = await signIn()
    const part = (from: number, to: number) => ({ namespace: { name: 'checkout', from, to } })
    await running(client, { name: 'First', ...part(0, 0.5) })
    const { create, act } = experimentDoor(client)
    const overlapping = (await create({ name: 'Second', ...part(0.4, 1) })).data?.id
    expect(await act('startExperiment', { id: overlapping })).toMatchObject({
      __typename: 'ConflictError',
      message:
        'The experiment "Second" takes 0.4 to 1 of the namespace "checkout", and "First" has 0 to 0.5. Give them parts that do not overlap, or complete that one first.',
    })
    const beside = (await create({ name: 'Third', ...part(0.5, 1) })).data?.id
    expect(await act('startExperiment', { id: beside })).toMatchObject({ data: { status: 'RUNNING' } })
  })

  test('it is not started where its own rules and those of the workspace together could never decide', async () => {
    const { create, act } = experimentDoor(await signIn())
    const id = (await create({ rules: { minDays: 90 } })).data?.id as string
    expect(await act('startExperiment', { id })).toMatchObject({
      message: expect.stringContaining('would be over after 60 days, before it may decide after 90'),
    })
  })

  test.each([
    [{ minDays: 90 }, '90 is above maxDays, 60'],
    [{ maxDays: 3 }, '7 is above maxDays, 3'],
  ])('the workspace’s settings %o, with which nothing could ever be decided, are not saved', async (value, message) => {
    const client = await signIn()
    const { answer } = await client.ask<{ answer: { issues: { path: string; message: string }[] } }>(
      `mutation ($value: JSON!) { answer: updatePluginSettings(plugin: "experiments", value: $value) {
        ... on InvalidInputError { issues { path message } } } }`,
      { value },
    )
    expect(answer.issues).toMatchObject([
      { path: 'value.minDays', message: expect.stringContaining(message) },
      { path: 'value.maxDays' },
    ])
  })

  test('what its verdict takes is settled when it starts; a draft follows the workspace', async () => {
    const client = await signIn()
    const { id, read, create } = await running(client, { rules: { minDays: 3 } })
    const draft = (await create({})).data?.id as string
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    await context.transaction((tx) => kernel.settings.update(tx, 'experiments', { confidence: 0.9, minDays: 1 }))
    expect((await read(id)).rules).toMatchObject({ confidence: 0.95, minDays: 3, minExposures: 1_000 })
    await expect.poll(async () => (await read(draft)).rules).toMatchObject({ confidence: 0.9, minDays: 1 })
  })

  test('reasons are told in the reader’s language', async () => {
    const client = await signIn()
    const { id, read, act } = await running(client)
    await act('pauseExperiment', { id })
    const { updateViewer } = await client.ask<{ updateViewer: { __typename: string } }>(
      'mutation { updateViewer(input: { locale: "fr" }) { __typename } }',
    )
    expect(updateViewer.__typename).toBe('UpdateViewerSuccess')
    expect((await read(id)).decisions[0]?.reason).toBe(
      'Elle est en pause : personne n’est réparti et rien n’est compté.',
    )
  })
})

describe('a draft', () => {
  test.each([
    [{ goal: undefined }, 'input.goals', 'no metric that decides'],
    [{ coverage: 1.5 }, 'input.coverage', 'is above 1'],
    [{ condition: { country: { $near: 'FR' } } }, 'input.condition.country.$near', '$near'],
    [
      { activeHours: { timeZone: 'Europe/Atlantis', from: '08:00', to: '18:00' } },
      'input.activeHours.timeZone',
      'no time zone',
    ],
    // PostgreSQL would count it westward.
    [{ activeHours: { timeZone: '+05:30', from: '08:00', to: '18:00' } }, 'input.activeHours.timeZone', 'no time zone'],
    [{ activeHours: { timeZone: 'UTC', from: '8', to: '18:00' } }, 'input.activeHours.from', 'no time of day'],
    [
      { activeHours: { timeZone: 'UTC', from: '08:00', to: '18:00', weekdays: [8] } },
      'input.activeHours.weekdays.0',
      'above 7',
    ],
    [{ namespace: { name: 'n', from: 0.6, to: 0.5 } }, 'input.namespace', 'not below'],
    [{ forced: [{ subject: 's', variant: 'nobody' }] }, 'input.forced.0.variant', 'control, bold'],
    [{ startsAt: '2026-03-03T00:00:00Z', stopsAt: '2026-03-02T00:00:00Z' }, 'input.stopsAt', 'not after startsAt'],
    [{ rules: { confidence: 0.3 } }, 'input.rules.confidence', 'is below 0.5'],
    [{ rules: { minDays: 9, maxDays: 3 } }, 'input.rules', 'minDays above maxDays'],
    [{ bandit: { floor: 0.1 } }, 'input.bandit', 'is for bandits'],
    [{ kind: 'BANDIT', bandit: { maxStep: 2 } }, 'input.bandit.maxStep', 'is above 1'],
    [{ kind: 'HOLDOUT' }, 'input.variants', 'general'],
    [{ kind: 'BANDIT', variants: two.map((variant) => ({ ...variant, floor: 0.6 })) }, 'input.variants', 'more than 1'],
    [
      { kind: 'BANDIT', variants: two.map((variant) => ({ ...variant, ceiling: 0.4 })) },
      'input.variants',
      'less than 1',
    ],
  ])('with %j is refused at %s', async (input, path, message) => {
    const client = await signIn()
    const { issues } = await experimentDoor(client).create(input)
    expect(issues).toEqual([{ path, message: expect.stringContaining(message) }])
    expect(await client.ask('{ experiments { totalCount } }')).toEqual({ experiments: { totalCount: 0 } })
  })

  test('names a holdout that is one', async () => {
    const client = await signIn()
    const door = experimentDoor(client)
    const other = (await door.create({ name: 'Other' })).data?.id
    expect(await door.create({ holdoutId: other })).toMatchObject({
      issues: [{ path: 'input.holdoutId', message: expect.stringContaining('"Other" is a test') }],
    })
    const variants = [
      { key: 'general', name: 'General', weight: 95 },
      { key: 'held-back', name: 'Held back', weight: 5 },
    ]
    const holdout = (await door.create({ kind: 'HOLDOUT', variants })).data?.id
    expect(await door.create({ holdoutId: holdout })).toMatchObject({ __typename: 'CreateExperimentSuccess' })
  })

  test('keeps what a change leaves out, and null takes away what can be absent', async () => {
    const { create, act, read } = experimentDoor(await signIn())
    const hours = { timeZone: 'Europe/Paris', from: '22:00', to: '06:00', weekdays: [1, 5] }
    const id = (
      await create({
        hypothesis: 'Bold sells.',
        condition: { device: 'mobile' },
        activeHours: hours,
        rules: { minDays: 3 },
      })
    ).data?.id as string
    await act('updateExperiment', { id, input: { name: 'Renamed', coverage: 0.5 } })
    expect(await read(id)).toMatchObject({
      ...{
        name: 'Renamed',
        hypothesis: 'Bold sells.',
        coverage: 0.5,
        condition: { device: 'mobile' },
        activeHours: hours,
      },
      ...{ goal: 'signup', rules: { minDays: 3, minExposures: 1000 } },
    })
    await act('updateExperiment', { id, input: { condition: null, activeHours: null } })
    expect(await read(id)).toMatchObject({ condition: null, activeHours: null, coverage: 0.5 })
  })

  test('is judged by metrics in their roles; an event as goal takes the place of the goals', async () => {
    const client = await signIn()
    const { create, act, read } = experimentDoor(client)
    const metric = async (event: string) => {
      const { createExperimentMetric } = await client.ask<{ createExperimentMetric: { data: { id: string } } }>(
        `mutation { createExperimentMetric(input: { key: "${event}", name: "${event}", kind: CONVERSION, event: "${event}" }) { ... on CreateExperimentMetricSuccess { data { id } } ... on Error { message } } }`,
      )
      return createExperimentMetric.data.id
    }
    const [signup, order, complaint] = await Promise.all(['signup', 'order', 'complaint'].map(metric))
    const id = (await create({ goal: undefined, goals: [order, signup], guardrails: [complaint] })).data?.id as string
    const names = (list: { key: string }[]) => list.map((each) => each.key)
    const first = await read(id)
    expect([names(first.goals), names(first.guardrails), first.goal]).toEqual([
      ['order', 'signup'],
      ['complaint'],
      'order',
    ])
    await act('updateExperiment', { id, input: { goal: 'signup' } })
    const second = await read(id)
    expect([names(second.goals), names(second.guardrails), second.goal]).toEqual([['signup'], ['complaint'], 'signup'])
  })
})

describe('a change while it runs', () => {
  test('of weights begins a phase with the new shares, to a ten-thousandth', async () => {
    const { id, act, read } = await running(await signIn(), { variants: three })
    const weights = [{ variant: 'control', weight: 2 }]
    const input = { weights, why: 'The others are too slow.' }
    expect(await act('changeRunningExperiment', { id, input })).toMatchObject({ data: { phase: 2, status: 'RUNNING' } })
    const { phases, decisions } = await read(id)
    const shares = phases.map((phase) =>
      Object.fromEntries(phase.weights.map((each) => [each.variant.key, each.share])),
    )
    expect(shares).toEqual([
      { control: 0.5, bold: 0.25, plain: 0.25 },
      { control: 0.3334, bold: 0.3333, plain: 0.3333 },
    ])
    expect(phases[0]?.reason).toBe('WEIGHTS')
    expect(phases[1]?.endedAt).toBe(phases[0]?.startedAt)
    expect(decisions[0]).toMatchObject({ kind: 'WEIGHTS', phase: 2 })
    expect(decisions[0]?.reason).toContain('The weights are now “Bold” 25%, “Plain” 25%, “Control” 50%.')
    expect(decisions[0]?.reason).toContain('This asks a new question')
    expect(decisions[0]?.reason).toContain('The others are too slow.')
  })

  test('takes 20 variants at a time; those that are retired make room', async () => {
    const { create, act } = experimentDoor(await signIn())
    const id = (await create({})).data?.id as string
    await act('startExperiment', { id })
    const more = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ key: `v${from + index}`, name: 'V' }))
    expect(await act('changeRunningExperiment', { id, input: { add: more(0, 19) } })).toMatchObject({
      issues: [{ path: 'input.add', message: expect.stringContaining('more than 20 variants that take part') }],
    })
    await act('changeRunningExperiment', { id, input: { add: more(0, 18) } })
    const retire = more(0, 18).map(({ key }) => key)
    expect(await act('changeRunningExperiment', { id, input: { retire, add: more(18, 18) } })).toMatchObject({
      data: { phase: 3 },
    })
  })

  test('adds and retires variants; nobody gets a retired one, and its key is not given again', async () => {
    const client = await signIn()
    const { id, act, read, uuid } = await running(client, { variants: three })
    const input = { add: [{ key: 'new', name: 'New' }], retire: ['plain'] }
    expect(await act('changeRunningExperiment', { id, input })).toMatchObject({ data: { phase: 2 } })
    const { variants, phases } = await read(id)
    expect(variants.map(({ key, retiredAt }) => [key, retiredAt !== null])).toEqual([
      ['control', false],
      ['bold', false],
      ['plain', true],
      ['new', false],
    ])
    expect(phases[0]?.weights.map(({ variant }) => variant.key).sort()).toEqual(['bold', 'control', 'new'])
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const given = await Promise.all(
      Array.from({ length: 200 }, async () => (await service.assign(context, uuid(id), uuidv7()))?.variantKey),
    )
    expect(new Set(given)).toEqual(new Set(['control', 'bold', 'new']))
    expect(
      await act('changeRunningExperiment', { id, input: { add: [{ key: 'plain', name: 'Again' }] } }),
    ).toMatchObject({
      issues: [{ path: 'input.add.0.key', message: expect.stringContaining('perhaps a retired one') }],
    })
  })

  test('lets more subjects in and moves none of them, as a phase of the same question', async () => {
    const client = await signIn()
    const { id, act, read, uuid } = await running(client, { coverage: 0.2 })
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const visitors = Array.from({ length: 300 }, () => uuidv7())
    const given = async () =>
      new Map(
        await Promise.all(
          visitors.map(async (each) => [each, (await service.assign(context, uuid(id), each))?.variantKey] as const),
        ),
      )
    const before = await given()
    await act('changeRunningExperiment', { id, input: { coverage: 0.6 } })
    const after = await given()
    const wereIn = visitors.filter((visitor) => before.get(visitor))
    expect(wereIn.map((visitor) => after.get(visitor))).toEqual(wereIn.map((visitor) => before.get(visitor)))
    expect([...after.values()].filter(Boolean).length).toBeGreaterThan(wereIn.length)
    const { phases, decisions } = await read(id)
    expect(phases[0]?.reason).toBe('COVERAGE')
    expect(decisions[0]?.reason).toContain('Instead of 20%, 60% of the subjects take part.')
    expect(decisions[0]?.reason).not.toContain('new question')
  })

  test('of the condition or the hours is a phase; null lets everyone in again', async () => {
    const { id, act, read } = await running(await signIn(), { condition: { country: 'FR' } })
    await act('changeRunningExperiment', { id, input: { condition: null } })
    await act('changeRunningExperiment', {
      id,
      input: { activeHours: { timeZone: 'UTC', from: '09:00', to: '17:00' } },
    })
    const { phases, condition, activeHours } = await read(id)
    expect([condition, activeHours?.from]).toEqual([null, '09:00'])
    expect(phases.map(({ reason, targeting }) => [reason, targeting.condition, targeting.activeHours?.from])).toEqual([
      ['TARGETING', null, '09:00'],
      ['TARGETING', null, undefined],
      ['STARTED', { country: 'FR' }, undefined],
    ])
  })

  test('of its end alone begins no phase', async () => {
    const { id, act, read } = await running(await signIn())
    const stopsAt = '2027-01-01T00:00:00.000Z'
    expect(await act('changeRunningExperiment', { id, input: { stopsAt } })).toMatchObject({ data: { phase: 1 } })
    expect((await read(id)).stopsAt).toBe(stopsAt)
  })

  test.each([
    [{}, 'input', 'changes nothing'],
    [{ retire: ['control'] }, 'input.retire.0', 'is the control'],
    [{ retire: ['bold'] }, 'input.retire', 'one variant'],
    [{ retire: ['nobody'] }, 'input.retire.0', 'control, bold'],
    [{ weights: [{ variant: 'nobody', weight: 1 }] }, 'input.weights.0.variant', 'control, bold'],
    [
      { weights: ['control', 'bold'].map((variant) => ({ variant, weight: 0 })) },
      'input.weights',
      'All variants have the weight 0',
    ],
    [{ coverage: 0.1 }, 'input.coverage', 'only grows'],
    [{ stopsAt: '2026-01-01T00:00:00Z' }, 'input.stopsAt', 'Is past'],
    [{ condition: { $where: 'true' } }, 'input.condition.$where', '$where'],
  ])('%j is refused at %s, and no phase begins', async (input, path, message) => {
    const { id, act, read } = await running(await signIn(), { coverage: 0.5 })
    expect((await act('changeRunningExperiment', { id, input })).issues).toEqual([
      { path, message: expect.stringContaining(message) },
    ])
    expect((await read(id)).phases).toHaveLength(1)
  })

  test('is refused for a draft and for a paused one, with the way out', async () => {
    const client = await signIn()
    const { create, act } = experimentDoor(client)
    const id = (await create({})).data?.id as string
    const input = { coverage: 1 }
    expect((await act('changeRunningExperiment', { id, input })).message).toContain('updateExperiment')
    await act('startExperiment', { id })
    await act('pauseExperiment', { id })
    expect((await act('changeRunningExperiment', { id, input })).message).toContain('Resume it')
    expect((await act('updateExperiment', { id, input: { name: 'New' } })).message).toContain('Duplicate it')
  })

  test('of two at once both happen, one after the other, each in a phase of its own', async () => {
    const { id, act, read } = await running(await signIn())
    const inputs = [3, 5].map((weight) => ({ weights: [{ variant: 'bold', weight }] }))
    await Promise.all(inputs.map((input) => act('changeRunningExperiment', { id, input })))
    const { phases } = await read(id)
    expect(phases.map(({ number, endedAt }) => [number, endedAt === null])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ])
  })

  test('a viewer changes nothing; another workspace does not see it', async () => {
    const owner = await signIn()
    const { id } = await running(owner)
    const viewer = experimentDoor(await signIn({ role: 'viewer', workspace: owner.workspaceId }))
    const stranger = experimentDoor(await signIn())
    for (const [mutation, variables] of [
      ['changeRunningExperiment', { id, input: { coverage: 1 } }],
      ['pauseExperiment', { id }],
      ['forceWinner', { id, variant: 'bold', why: 'I like it.' }],
    ] as const) {
      expect((await viewer.act(mutation, variables)).__typename).toBe('ForbiddenError')
      expect((await stranger.act(mutation, variables)).__typename).toBe('NotFoundError')
    }
  })
})
