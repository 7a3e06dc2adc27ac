import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { contentOf, improving } from './improving.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages], { clock: time })
const client = await served.signIn()
const { page, improve, visitors, turn, say, act } = improving(served, client)

interface Asked {
  readonly id: string
  readonly candidate: { readonly rationale: string; readonly previewUrl: string | null; readonly status: string } | null
}

/** A page whose loop waits for a yes to a new version, and the step that waits. */
async function waiting() {
  const { id } = await page({
    control: contentOf('Pears from the garden'),
    bold: contentOf('Fresh pears tonight!', { button: 'Get my pears', swapped: true }),
  })
  const { loop } = await improve(id, 'APPROVE', { variantsPerRun: 1 })
  await visitors(loop.experiment?.id as string, 1_000, () => 0.2)
  time.advance(86_400_000)
  await turn(id, 'GENERATION')
  return { id, step: await stepOf(id) }
}

async function stepOf(pageId: string): Promise<Asked> {
  const { node } = await client.ask<{ node: { loopSteps: { nodes: Asked[] } } }>(
    `query($id: ID!) { node(id: $id) { ... on Page { loopSteps(first: 1, filter: { kind: { equals: "introduction" } }) {
      nodes { id candidate { rationale previewUrl status } } } } } }`,
    { id: pageId },
  )
  return node.loopSteps.nodes[0] as Asked
}

const follow = (address: string | null | undefined) =>
  fetch(served.url + new URL(address ?? '').pathname, { headers: { 'user-agent': 'Mozilla/5.0 Chrome/141.0' } })

describe('who is asked about a new version', () => {
  test('can look at it before any visitor does; nothing is tracked, and nobody else finds it', async () => {
    const { step } = await waiting()
    expect(step.candidate).toMatchObject({ status: 'APPROVAL', rationale: expect.stringContaining('Recombined from') })
    const shown = await follow(step.candidate?.previewUrl)
    expect(shown.status).toBe(200)
    const html = await shown.text()
    expect(html).toContain('Espalier Fruit Ltd.')
    expect(html).not.toContain('data-site')
    expect(html).not.toContain('<script')
    expect(shown.headers.get('set-cookie')).toBeNull()
    expect(shown.headers.get('cache-control')).toBe('private, no-store')
    expect(shown.headers.get('x-robots-tag')).toBe('noindex, nofollow, noarchive')
    expect(shown.headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('sees beside it the version that it comes from, and what waits on which page', async () => {
    const { id, step } = await waiting()
    const { node, pages } = await client.ask<{
      node: { candidate: { originPreviewUrl: string; parent: { key: string } } }
      pages: { nodes: { id: string; loopWaiting: number; loopCostMicros: number; loopGoals: string[] }[] }
    }>(
      `query ($id: ID!) {
        node(id: $id) { ... on PageLoopStep { candidate { originPreviewUrl parent { key } } } }
        pages(filter: { loopWaits: true, improves: true }) { nodes { id loopWaiting loopCostMicros loopGoals } }
      }`,
      { id: step.id },
    )
    expect(pages.nodes).toContainEqual({ id, loopWaiting: 1, loopCostMicros: 0, loopGoals: ['order'] })
    const html = await (await follow(node.candidate.originPreviewUrl)).text()
    expect(html).toContain(
      { control: 'Pears from the garden', bold: 'Fresh pears tonight!' }[node.candidate.parent.key],
    )
    expect(html).not.toContain('<script')
  })

  test('for an hour; a new address is told whenever somebody asks', async () => {
    const { id, step } = await waiting()
    time.advance(3_599_000)
    expect((await follow(step.candidate?.previewUrl)).status).toBe(200)
    time.advance(1_000)
    const over = await follow(step.candidate?.previewUrl)
    expect(over.status).toBe(410)
    expect(await over.text()).toContain('This address has expired')
    expect((await follow((await stepOf(id)).candidate?.previewUrl)).status).toBe(200)
  })

  test('still sees what was rejected, and nothing once the page is archived', async () => {
    const { id, step } = await waiting()
    await say('rejectLoopStep', step.id)
    expect((await follow((await stepOf(id)).candidate?.previewUrl)).status).toBe(200)
    await improve(id, 'OFF')
    await act('archivePage', { id: ['ID!', id] })
    expect((await follow(step.candidate?.previewUrl)).status).toBe(404)
  })

  test('and a forged or foreign address shows nothing', async () => {
    const { step } = await waiting()
    const address = new URL(step.candidate?.previewUrl ?? '')
    const forged = new URL(address)
    forged.pathname = `${address.pathname.slice(0, -2)}xx`
    expect((await follow(forged.href)).status).toBe(404)
    expect((await follow(`${served.url}/proposals/nothing`)).status).toBe(404)
    // Signed by this installation, for something else.
    const preview = new URL(address)
    preview.pathname = address.pathname.replace('/proposals/', '/preview/')
    expect((await follow(preview.href)).status).toBe(404)
  })
})

test('a refused version has no address: nobody knows what stands in it', async () => {
  const { id } = await page({
    control: contentOf('Pears from the garden'),
    bold: contentOf('Fresh pears tonight!', { button: 'Get my pears', swapped: true }),
  })
  const { loop } = await improve(id, 'APPROVE', { variantsPerRun: 1, forbiddenWords: ['pears'] })
  await visitors(loop.experiment?.id as string, 1_000, () => 0.2)
  time.advance(86_400_000)
  await turn(id, 'GENERATION')
  const { node } = await client.ask<{
    node: { candidates: { nodes: { status: string; previewUrl: string | null }[] } }
  }>('query($id: ID!) { node(id: $id) { ... on Page { candidates { nodes { status previewUrl } } } } }', { id })
  expect(node.candidates.nodes.length).toBeGreaterThan(0)
  for (const candidate of node.candidates.nodes) expect(candidate).toEqual({ status: 'REFUSED', previewUrl: null })
})
