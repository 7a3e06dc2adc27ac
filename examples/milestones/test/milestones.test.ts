import { schemaAdditions } from '@espalier/core/server'
import { type TestWorkspace, testApp } from '@espalier/core/testing'
import landingPages from '@espalier/landing-pages'
import { goalReached } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import milestones, { milestoneReached } from '../src/index.ts'
import { isMilestone, nextMilestone } from '../src/steps.ts'

const app = await testApp({ plugins: [milestones] })
const without = await testApp({ plugins: [landingPages] })

const list = '{ milestones { totalCount nodes { goals reachedAt page { title } } } }'
const progress = 'query ($id: ID!) { node(id: $id) { ... on Page { milestones { goals next } } } }'

/** A page of a workspace, and goals that visitors reach on it. */
async function pageIn(workspace: TestWorkspace) {
  const { id } = await workspace.context.db.prisma.page.create({ data: { title: 'Pears', slug: `pears-${uuidv7()}` } })
  return {
    id: Buffer.from(`Page:${id}`).toString('base64'),
    reach: async (goals: number, pageId: string | null = id) => {
      for (let goal = 0; goal < goals; goal++)
        await workspace.context.publish(goalReached, {
          ...{ eventId: uuidv7(), siteId: uuidv7(), pageId, visitorId: uuidv7(), goal: 'signup', experiments: {} },
          at: app.clock.now().toISOString(),
        })
      await app.quiet()
    },
  }
}

describe('a page', () => {
  test('has a milestone at its first and its tenth goal, and shows how far it is to the next', async () => {
    const viewer = await app.as('viewer')
    const page = await pageIn(app.workspace)
    await page.reach(11)
    expect(await viewer.ask(progress, { id: page.id })).toEqual({ node: { milestones: { goals: 11, next: 100 } } })
    const { milestones } = await viewer.ask(list)
    expect(milestones.nodes.map(({ goals }: { goals: number }) => goals)).toEqual([10, 1])
    expect(milestones.nodes[0]).toMatchObject({ page: { title: 'Pears' }, reachedAt: '2026-01-01T00:00:00.000Z' })
  })

  test('leaves out goals that were reached on no page', async () => {
    const workspace = await app.newWorkspace()
    const page = await pageIn(workspace)
    await page.reach(3, null)
    const viewer = await workspace.as('viewer')
    expect(await viewer.ask(progress, { id: page.id })).toEqual({ node: { milestones: { goals: 0, next: 1 } } })
    expect(await viewer.ask(list)).toMatchObject({ milestones: { totalCount: 0 } })
  })

  test('belongs to its workspace: nobody else sees its milestones', async () => {
    const [ours, theirs] = [await app.newWorkspace(), await app.newWorkspace()]
    await (await pageIn(ours)).reach(1)
    expect(await (await theirs.as('owner')).ask(list)).toMatchObject({ milestones: { totalCount: 0 } })
    expect(await (await ours.as('viewer')).ask(list)).toMatchObject({ milestones: { totalCount: 1 } })
  })

  test('is told in the public API, to keys that may read it', async () => {
    expect(await (await app.withKey(['milestones:read'])).ask('{ milestones { totalCount } }')).toMatchObject({})
    const other = await (await app.withKey(['pages:read'])).answer('{ milestones { totalCount } }')
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('milestones', () => {
  test.each([
    [1, true],
    [2, false],
    [10, true],
    [100, true],
    [500, true],
    [550, false],
    [1_000, true],
  ])('the goal %i is one: %s', (goals, expected) => {
    expect(isMilestone(goals, 500)).toBe(expected)
  })

  test.each([
    [0, 1],
    [1, 10],
    [99, 100],
    [100, 500],
    [500, 1_000],
  ])('after %i goals the next is %i', (goals, next) => {
    expect(nextMilestone(goals, 500)).toBe(next)
  })
})

test('its event has an order for each page', () => {
  expect(milestoneReached.key?.({ milestoneId: 'm', pageId: 'p', goals: 10 })).toBe('p')
})

test('adds to the schema what its pages are typed against', async () => {
  const added = schemaAdditions(without.kernel.schemas.admin, app.kernel.schemas.admin)
  await expect(added).toMatchFileSnapshot('../admin/schema.graphql')
})
