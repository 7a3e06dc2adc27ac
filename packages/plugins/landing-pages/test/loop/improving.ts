import { seededRandom } from '@espalier/core'
import type { ServedKernel, SignedInClient } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import landingPages from '../../src/index.ts'
import { experimentPages, uuidOf } from '../browsers.ts'

/** What a step of a loop's log says. */
export interface StepSeen {
  readonly id: string
  readonly kind: string
  readonly status: string
  readonly variantKey: string | null
  readonly summary: string
  // biome-ignore lint/suspicious/noExplicitAny: evidence has any shape
  readonly evidence: any
  readonly canBeUndone: boolean
}

/** A page that reaches the goal "order", in another headline, order and wording of the button. */
export function contentOf(headline: string, { button = 'Order pears', swapped = false, more = [] as object[] } = {}) {
  const middle = [
    { type: 'Text', props: { id: 'about', text: 'Our pears grow on espaliers along the south wall of the garden.' } },
    {
      type: 'Testimonials',
      props: {
        id: 'voices',
        heading: 'What people say',
        items: [{ quote: 'The best pears of my life.', name: 'Ada' }],
      },
    },
  ]
  return {
    root: { props: { title: headline } },
    content: [
      { type: 'Hero', props: { id: 'hero', title: headline, subtitle: 'Picked in the morning, with you for dinner.' } },
      ...(swapped ? middle.toReversed() : middle),
      ...more,
      {
        type: 'CallToAction',
        props: { id: 'buy', heading: 'A box of pears', label: button, href: '/order', goal: 'order' },
      },
      { type: 'Footer', props: { id: 'foot', text: 'Espalier Fruit Ltd. Prices include VAT.', links: [] } },
    ],
  }
}

/** Somebody's pages that improve themselves, and the visitors who come to them. */
export function improving(served: Pick<ServedKernel, 'kernel'>, client: SignedInClient) {
  const { act } = experimentPages(client)
  const { kernel } = served
  const context = () => kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  const loops = kernel.service(landingPages).loops
  const random = seededRandom(7)

  /** A published page with these variants; the first is the original. */
  async function page(
    variants: Record<string, object> = {
      control: contentOf('Pears from the garden'),
      bold: contentOf('Fresh pears tonight!', { button: 'Get my pears', swapped: true }),
    },
    more: object = {},
  ) {
    const input = {
      slug: `p-${uuidv7()}`,
      title: 'Pears',
      variants: Object.entries(variants).map(([key, content]) => ({ key, content })),
      ...more,
    }
    const { id } = await act('createPage', { input: ['CreatePageInput!', input] })
    await act('publishPage', { id: ['ID!', id] })
    return { id, uuid: uuidOf(id) }
  }

  const improve = (pageId: string, mode: string, limits?: object, goal?: string) =>
    act(
      'setPageImprovement',
      {
        pageId: ['ID!', pageId],
        mode: ['PageLoopMode!', mode],
        ...(limits ? { limits: ['PageLoopLimitsInput', limits] as const } : {}),
        ...(goal ? { goal: ['String', goal] as const } : {}),
      },
      'id loop { mode goal problem generator generatorSummary experiment { id kind status variants { key } } holdback { id } }',
    ) as Promise<unknown> as Promise<{
      loop: {
        mode: string
        goal: string
        problem: string | null
        generator: string
        generatorSummary: string
        experiment: { id: string; kind: string; status: string; variants: { key: string }[] } | null
        holdback: { id: string } | null
      }
    }>

  /** Visitors who meet the page's experiment, and convert as their variant's rate says; those held back see the original. */
  async function visitors(experimentId: string, many: number, rateOf: (key: string) => number): Promise<void> {
    const ctx = context()
    const service = kernel.service(experiments)
    const exposures: { experimentId: string; variantId: string; subject: string }[] = []
    const converted: { id: string; subject: string; name: string; goal: string }[] = []
    for (let index = 0; index < many; index++) {
      const subject = uuidv7()
      const decision = await service.decide(ctx, uuidOf(experimentId), { id: subject })
      for (const [id, variantId] of Object.entries(decision?.exposures ?? {}))
        exposures.push({ experimentId: id, variantId, subject })
      if (random.next() < rateOf(decision?.variantKey ?? 'control'))
        converted.push({ id: uuidv7(), subject, name: 'conversion', goal: 'order' })
    }
    await service.expose(ctx, exposures)
    await service.measure(ctx, converted)
  }

  /** A turn from beginning to end, taken by the job. */
  async function turn(pageId: string, kind: 'ANALYSIS' | 'GENERATION') {
    const { id } = await act('improvePageNow', { pageId: ['ID!', pageId], kind: ['PageLoopRunKind!', kind] })
    return ended(id)
  }

  /** A turn once it has ended, or waits for a person. */
  async function ended(id: string) {
    await expect
      .poll(async () => (await run(id)).status, { timeout: 60_000, interval: 100 })
      .toMatch(/^(DONE|APPROVAL|FAILED|CANCELED)$/)
    return run(id)
  }

  async function run(id: string) {
    const { node } = await client.ask<{
      node: {
        id: string
        kind: string
        status: string
        step: string
        failure: string | null
        steps: { nodes: StepSeen[] }
        candidates: {
          nodes: {
            id: string
            number: number
            generator: string
            status: string
            rationale: string
            reasons: { code: string; text: string }[]
            variant: { key: string } | null
            parent: { key: string } | null
          }[]
        }
      }
    }>(
      `query($id: ID!) { node(id: $id) { ... on PageLoopRun { id kind status step failure
        steps(first: 100) { nodes { id kind status variantKey summary evidence canBeUndone } }
        candidates { nodes { id number generator status rationale reasons { code text } variant { key } parent { key } } } } } }`,
      { id },
    )
    return { ...node, steps: node.steps.nodes.toReversed(), candidates: node.candidates.nodes.toReversed() }
  }

  /** Keys of the variants of a page that visitors may get, and their content. */
  async function shown(pageId: string) {
    const { node } = await client.ask<{
      node: { variants: { key: string; status: string; published: object | null; parent: { key: string } | null }[] }
    }>('query($id: ID!) { node(id: $id) { ... on Page { variants { key status published parent { key } } } } }', {
      id: pageId,
    })
    return node.variants
  }

  /** The arms of the page's experiment that take part: key → [share, ceiling]. */
  async function arms(pageId: string) {
    const { node } = await client.ask<{
      node: {
        loop: {
          experiment: { variants: { key: string; weight: number; ceiling: number; retiredAt: string | null }[] } | null
        }
      }
    }>(
      'query($id: ID!) { node(id: $id) { ... on Page { loop { experiment { variants { key weight ceiling retiredAt } } } } } }',
      { id: pageId },
    )
    const live = (node.loop.experiment?.variants ?? []).filter(({ retiredAt }) => retiredAt === null)
    const sum = live.reduce((total, { weight }) => total + weight, 0)
    return Object.fromEntries(live.map(({ key, weight, ceiling }) => [key, [weight / sum, ceiling]]))
  }

  const say = (field: 'approveLoopStep' | 'rejectLoopStep' | 'undoLoopStep', id: string) =>
    act<{ id: string; status: string; summary: string }>(field, { id: ['ID!', id] }, 'id status summary')

  return { act, page, improve, visitors, turn, ended, run, shown, arms, say, context, loops }
}
