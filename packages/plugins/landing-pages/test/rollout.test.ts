import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'

let minutes = 0
const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
const { kernel, url, signIn } = await servedKernel([tracking, experiments, landingPages], { clock })
const editor = await signIn()
const { rollouts } = kernel.service(landingPages)

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
const content = (title: string) => ({
  root: { props: { title } },
  content: [{ type: 'Hero', props: { id: 'h', title } }],
})

interface Rollout {
  id: string
  status: string
  share: number
  step: number
  reason: string | null
  nextStepAt: string | null
  guardrail: { light: string; reason: string; candidate: { exposures: number; conversions: number } }
}
interface Answer {
  __typename: string
  message?: string
  data?: Rollout
}
const fields = 'id status share step reason nextStepAt guardrail { light reason candidate { exposures conversions } }'

/** A public page with an old and a new variant. */
async function page(experimentId: string | null = null) {
  const slug = `p-${uuidv7()}`
  const { createPage } = await editor.ask<{ createPage: { data: { id: string } } }>(
    'mutation($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id } } ... on Error { message } } }',
    {
      input: {
        slug,
        title: 'Offer',
        experimentId,
        variants: [
          { key: 'old', content: content('The old one') },
          { key: 'new', content: content('The new one') },
        ],
      },
    },
  )
  const { id } = createPage.data
  const { publishPage } = await editor.ask<{ publishPage: { data: { url: string } } }>(
    'mutation($id: ID!) { publishPage(id: $id) { ... on PublishPageSuccess { data { url } } ... on Error { message } } }',
    { id },
  )
  return { id, slug, path: new URL(publishPage.data.url).pathname }
}

async function start(pageId: string, input: object = {}): Promise<Answer> {
  const { answer } = await editor.ask<{ answer: Answer }>(
    `mutation($pageId: ID!, $input: StartRolloutInput!) { answer: startRollout(pageId: $pageId, input: $input) { __typename ... on Error { message } ... on StartRolloutSuccess { data { ${fields} } } } }`,
    { pageId, input: { variantKey: 'new', ...input } },
  )
  return answer
}

async function act(mutation: 'advanceRollout' | 'rollBackRollout', id: string | undefined): Promise<Answer> {
  const success = mutation === 'advanceRollout' ? 'AdvanceRolloutSuccess' : 'RollBackRolloutSuccess'
  const { answer } = await editor.ask<{ answer: Answer }>(
    `mutation($id: ID!) { answer: ${mutation}(id: $id) { __typename ... on Error { message } ... on ${success} { data { ${fields} } } } }`,
    { id },
  )
  return answer
}

async function stateOf(pageId: string): Promise<Rollout> {
  const { pageRollout } = await editor.ask<{ pageRollout: Rollout }>(
    `query($pageId: ID!) { pageRollout(pageId: $pageId) { ${fields} } }`,
    { pageId },
  )
  return pageRollout
}

const visitors = Array.from({ length: 120 }, () => uuidv7())

/** Who of the visitors gets the new variant now. */
async function served(path: string): Promise<Set<string>> {
  const seen = new Set<string>()
  for (const visitor of visitors) {
    const response = await fetch(url + path, {
      headers: { 'user-agent': chrome, cookie: `espalier_visitor=${visitor}` },
    })
    if ((await response.text()).includes('The new one')) seen.add(visitor)
  }
  return seen
}

describe('a rollout', () => {
  test('goes to more and more visitors, of whom none is sent back, then to all, and back from all at once', async () => {
    const { id, path } = await page()
    const { data } = await start(id, { steps: [0.1, 0.5, 1] })
    const few = await served(path)
    expect(few.size).toBeGreaterThan(0)
    expect(few.size).toBeLessThan(35)
    expect(await act('advanceRollout', data?.id)).toMatchObject({ data: { share: 0.5, status: 'RUNNING' } })
    const half = await served(path)
    expect(half.size).toBeGreaterThan(35)
    expect(half.size).toBeLessThan(85)
    expect(few.isSubsetOf(half)).toBe(true)
    expect(await act('advanceRollout', data?.id)).toMatchObject({ data: { share: 1, status: 'COMPLETED' } })
    expect((await served(path)).size).toBe(visitors.length)
    expect(await act('rollBackRollout', data?.id)).toMatchObject({ data: { share: 0, status: 'ROLLED_BACK' } })
    expect((await served(path)).size).toBe(0)
  })

  test('begins at 1 %, then 10, 50 and 100 where nothing else is said', async () => {
    const { id } = await page()
    const { data } = await start(id)
    const shares = [data?.share]
    for (let step = 0; step < 3; step++) shares.push((await act('advanceRollout', data?.id)).data?.share)
    expect(shares).toEqual([0.01, 0.1, 0.5, 1])
    expect(await act('advanceRollout', data?.id)).toMatchObject({ __typename: 'ConflictError' })
  })

  test('is in the audit trail with every step and its end', async () => {
    const { id } = await page()
    const { data } = await start(id)
    await act('advanceRollout', data?.id)
    await act('rollBackRollout', data?.id)
    const { auditEntries } = await editor.ask<{ auditEntries: { edges: { node: { action: string } }[] } }>(
      '{ auditEntries(first: 3) { edges { node { action } } } }',
    )
    expect(auditEntries.edges.map(({ node }) => node.action)).toEqual([
      'rollBackRollout',
      'advanceRollout',
      'startRollout',
    ])
  })

  test.each([
    [{ variantKey: 'old' }, 'Everybody gets'],
    [{ variantKey: 'none' }, 'no published variant'],
    [{ steps: [0.5, 0.1, 1] }, 'not above'],
    [{ steps: [0.1, 0.5] }, 'does not end with 1'],
    [{ stepMinutes: 0 }, 'below 1'],
  ])('with %o is refused', async (input, reason) => {
    const { id } = await page()
    expect(await start(id, input)).toMatchObject({ message: expect.stringContaining(reason) })
  })

  test('is the only one of its page', async () => {
    const { id } = await page()
    await start(id)
    expect(await start(id)).toMatchObject({ __typename: 'ConflictError' })
  })

  test('of another workspace is not found', async () => {
    const { id } = await page()
    const { data } = await start(id)
    const stranger = await signIn()
    const { answer } = await stranger.ask<{ answer: Answer }>(
      'mutation($id: ID!) { answer: advanceRollout(id: $id) { __typename } }',
      { id: data?.id },
    )
    expect(answer.__typename).toBe('NotFoundError')
  })
})

describe('on a schedule', () => {
  test('waits while the page is archived, and goes on step by step once it is public again', async () => {
    const { id } = await page()
    await start(id, { pace: 'SCHEDULE', stepMinutes: 10 })
    await editor.ask('mutation($id: ID!) { archivePage(id: $id) { __typename } }', { id })
    minutes += 60
    await rollouts.advanceDue(kernel.contexts.system('test'))
    expect(await stateOf(id)).toMatchObject({ share: 0.01, status: 'RUNNING' })
    await editor.ask('mutation($id: ID!) { publishPage(id: $id) { __typename } }', { id })
    // However long it was due: one step, which lasts as long as any.
    for (let run = 0; run < 2; run++) await rollouts.advanceDue(kernel.contexts.system('test'))
    expect(await stateOf(id)).toMatchObject({ share: 0.1, status: 'RUNNING' })
  })

  test('a step lasts as long as it was given, then the next begins', async () => {
    const { id } = await page()
    await start(id, { pace: 'SCHEDULE', stepMinutes: 30, steps: [0.1, 1] })
    const system = kernel.contexts.system('test')
    minutes += 29
    await rollouts.advanceDue(system)
    expect(await stateOf(id)).toMatchObject({ share: 0.1 })
    minutes += 2
    await rollouts.advanceDue(system)
    expect(await stateOf(id)).toMatchObject({ share: 1, status: 'COMPLETED', nextStepAt: null })
  })
})

describe('with guardrails', () => {
  /** Visitors of both sides, as the tracker reports them. */
  async function visits(
    pageId: string,
    rollout: Rollout,
    side: 'old' | 'new',
    count: number,
    converting: number,
    metrics: { lcpMs?: number; inpMs?: number; cls?: number; engagedMs?: number } = {},
  ) {
    const context = kernel.contexts.workspace(editor.workspaceId, { type: 'system', name: 'test' })
    const service = kernel.service(tracking)
    const site = await service.sites.ensure(context, 'Landing pages')
    const [rolloutId, page] = [uuidOf(rollout.id), uuidOf(pageId)]
    const variant = await context.db.prisma.pageVariant.findFirst({ where: { pageId: page, key: side } })
    const experiments = { [rolloutId]: variant?.id as string }
    const at = clock.now().getTime()
    const events = Array.from({ length: count }, (_, index) => {
      const base = { siteId: site.id, pageId: page, visitorId: uuidv7(), experiments }
      const view = { ...base, name: 'pageview', at: new Date(at - 3000) }
      const measured =
        Object.keys(metrics).length > 0 ? [{ ...base, name: 'metrics', metrics, at: new Date(at - 2000) }] : []
      const reached =
        index < converting ? [{ ...base, name: 'conversion', goal: 'signup', at: new Date(at - 1000) }] : []
      return [view, ...measured, ...reached]
    })
    await service.record(context, events.flat())
  }

  async function due() {
    minutes += 61
    return rollouts.advanceDue(kernel.contexts.system('test'))
  }

  const guarded = { pace: 'GUARDRAILS', steps: [0.1, 0.5, 1], minVisitors: 50 }

  test('it waits until enough visitors have come', async () => {
    const { id } = await page()
    const { data } = await start(id, guarded)
    await visits(id, data as Rollout, 'old', 60, 12)
    await visits(id, data as Rollout, 'new', 49, 10)
    await due()
    expect(await stateOf(id)).toMatchObject({
      share: 0.1,
      guardrail: { light: 'YELLOW', candidate: { exposures: 49, conversions: 10 } },
    })
  })

  test('it goes on while the variant does no worse', async () => {
    const { id } = await page()
    const { data } = await start(id, guarded)
    await visits(id, data as Rollout, 'old', 60, 12)
    await visits(id, data as Rollout, 'new', 60, 10)
    await due()
    expect(await stateOf(id)).toMatchObject({ share: 0.5, guardrail: { light: 'GREEN' } })
  })

  test('it goes back by itself where the variant does worse, and says why', async () => {
    const { id, path } = await page()
    const { data } = await start(id, guarded)
    await visits(id, data as Rollout, 'old', 80, 40)
    await visits(id, data as Rollout, 'new', 80, 4)
    await due()
    expect(await stateOf(id)).toMatchObject({
      status: 'ROLLED_BACK',
      share: 0,
      reason: 'The variant does worse: 5.0% of 80 visitors convert, against 50.0% of 80 before.',
    })
    expect((await served(path)).size).toBe(0)
  })

  describe('it is held back, though it converts,', () => {
    const poor = 'has turned from good to poor'

    test.each([
      ['lcpMs', 1_500, 5_000, `Largest Contentful Paint ${poor}`],
      ['inpMs', 100, 600, `Interaction to Next Paint ${poor}`],
      ['cls', 0.05, 0.4, `Cumulative Layout Shift ${poor}`],
    ])('where %s turns from %s to %s', async (metric, before, now, reason) => {
      const { id } = await page()
      const { data } = await start(id, guarded)
      await visits(id, data as Rollout, 'old', 100, 12, { [metric]: before })
      await visits(id, data as Rollout, 'new', 100, 40, { [metric]: now })
      await due()
      const state = await stateOf(id)
      expect(state).toMatchObject({ share: 0.1, status: 'RUNNING', guardrail: { light: 'YELLOW' } })
      expect(state.guardrail.reason).toContain(`The variant is held back: ${reason}`)
      expect(state.guardrail.reason).toContain('of 100 views, against')
      // A person may find that it is worth it.
      expect((await act('advanceRollout', data?.id)).data).toMatchObject({ share: 0.5 })
    })

    test('where more visits bounce', async () => {
      const { id } = await page()
      const { data } = await start(id, guarded)
      await visits(id, data as Rollout, 'old', 60, 12, { engagedMs: 15_000 })
      await visits(id, data as Rollout, 'new', 60, 20, { engagedMs: 2_000 })
      await due()
      const state = await stateOf(id)
      expect(state).toMatchObject({ share: 0.1, guardrail: { light: 'YELLOW' } })
      expect(state.guardrail.reason).toContain('66.7% of 60 visits bounce, against 0.0% of 60 before')
    })
  })

  describe('it is not held back', () => {
    test.each([
      ['where fewer than 100 views were measured', 99, { lcpMs: 1_500 }, { lcpMs: 5_000 }],
      ['where a vital is no longer good, and not poor', 100, { lcpMs: 1_500 }, { lcpMs: 3_000 }],
      ['where a vital was not good before', 100, { lcpMs: 3_000 }, { lcpMs: 5_000 }],
      ['where fewer visits bounce', 60, { engagedMs: 2_000 }, { engagedMs: 15_000 }],
    ])('%s', async (_what, count, before, now) => {
      const { id } = await page()
      const { data } = await start(id, guarded)
      await visits(id, data as Rollout, 'old', count, 12, before)
      await visits(id, data as Rollout, 'new', count, 12, now)
      await due()
      expect(await stateOf(id)).toMatchObject({ share: 0.5, guardrail: { light: 'GREEN' } })
    })
  })

  test('both sides are told with what was measured', async () => {
    const { id } = await page()
    const { data } = await start(id, guarded)
    await visits(id, data as Rollout, 'new', 4, 1, { lcpMs: 2_000, cls: 0.1, engagedMs: 1_000 })
    const { pageRollout } = await editor.ask<{ pageRollout: { guardrail: Record<string, unknown> } }>(
      `query($id: ID!) { pageRollout(pageId: $id) { guardrail { baseline { ...side } candidate { ...side } } } }
       fragment side on RolloutSide { exposures conversions sessions bounces vitals { vital p75 samples } }`,
      { id },
    )
    const nothing = (vital: string) => ({ vital, p75: null, samples: 0 })
    expect(pageRollout.guardrail).toEqual({
      baseline: { exposures: 0, conversions: 0, sessions: 0, bounces: 0, vitals: ['LCP', 'INP', 'CLS'].map(nothing) },
      candidate: {
        exposures: 4,
        conversions: 1,
        sessions: 4,
        bounces: 3,
        vitals: [
          { vital: 'LCP', p75: expect.any(Number), samples: 4 },
          nothing('INP'),
          { vital: 'CLS', p75: expect.any(Number), samples: 4 },
        ],
      },
    })
    const { vitals } = pageRollout.guardrail.candidate as { vitals: { p75: number }[] }
    // Buckets are 5 % wide.
    expect(Math.abs((vitals[0]?.p75 ?? 0) / 2_000 - 1)).toBeLessThan(0.025)
    expect(Math.abs((vitals[2]?.p75 ?? 0) / 0.1 - 1)).toBeLessThan(0.025)
  })
})

function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] as string
}
