import type { StubRequest } from '@espalier/ai/testing'
import { expect } from 'vitest'
import type { ApiClient } from './apiClient.ts'

/** A turn of a page's loop, as people see it. */
export interface Turn {
  readonly id: string
  readonly status: string
  readonly failure: string | null
  readonly steps: readonly {
    readonly id: string
    readonly kind: string
    readonly status: string
    readonly variantKey: string | null
    readonly summary: string
  }[]
  readonly candidates: readonly {
    readonly number: number
    readonly generator: string
    readonly status: string
    readonly reasons: readonly { readonly code: string; readonly text: string }[]
    readonly variant: { readonly key: string } | null
  }[]
}

interface Content {
  readonly root: { readonly props: { title: string } }
  readonly content: readonly { readonly type: string; readonly props: Record<string, unknown> }[]
}

/** A page that leads to the goal "order". */
export function pearsUnder(headline: string, label = 'Order pears'): Content {
  return {
    root: { props: { title: headline } },
    content: [
      { type: 'Hero', props: { id: 'hero', title: headline, subtitle: 'Picked in the morning, with you for dinner.' } },
      {
        type: 'Text',
        props: {
          id: 'about',
          anchor: 'about',
          text: 'Our pears grow on espaliers along the south wall of the garden.',
        },
      },
      {
        type: 'Testimonials',
        props: {
          id: 'voices',
          heading: 'What people say',
          items: [{ quote: 'The best pears of my life.', name: 'Ada' }],
        },
      },
      { type: 'CallToAction', props: { id: 'buy', heading: 'A box of pears', label, href: '#about', goal: 'order' } },
      { type: 'Footer', props: { id: 'foot', text: 'Espalier Fruit Ltd. Prices include VAT.', links: [] } },
    ],
  }
}

/** What a model answers that gives the page that it was shown another headline; without one, the page as it was. */
export function rewritten({ messages }: StubRequest, headline?: string) {
  const text = messages.map(({ content }) => content).join('\n')
  const parent = /<data>(\{"(?:root|content)":.*\})<\/data>/.exec(text)?.[1]
  if (!parent) throw new Error(`The request shows no page: ${text.slice(0, 500)}`)
  const content = JSON.parse(parent) as Content
  const hero = content.content.find(({ type }) => type === 'Hero')
  if (hero && headline) hero.props.title = headline
  return { rationale: headline ? `Says "${headline}".` : 'Leaves it as it was.', content }
}

/** What the stub's service bills for a request, by its published way of counting and the price of gpt-4.1-mini. Millionths of a dollar. */
export function billed({ messages }: StubRequest, answer: object): number {
  const tokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 4)
  const [asked, answered] = [tokens(messages.map(({ content }) => content).join(' ')), tokens(JSON.stringify(answer))]
  // Dollars for a million tokens are millionths for one: 0.4 and 1.6, in tenths so that nothing is rounded twice.
  return Math.ceil((asked * 4 + answered * 16) / 10)
}

/** Carries out a mutation of the admin schema. @throws the message of its typed error */
export async function act<Data = { id: string }>(
  { ask }: Pick<ApiClient, 'ask'>,
  field: string,
  args: Record<string, readonly [type: string, value: unknown]> = {},
  selection = 'id',
): Promise<Data> {
  const names = Object.keys(args)
  const declared = names.map((name) => `$${name}: ${args[name]?.[0]}`).join(', ')
  const passed = names.map((name) => `${name}: $${name}`).join(', ')
  const success = `${field[0]?.toUpperCase()}${field.slice(1)}Success`
  const { answer } = await ask<{ answer: { data?: Data; message?: string; issues?: object[] } }>(
    `mutation${declared && `(${declared})`} { answer: ${field}${passed && `(${passed})`} {
      ... on ${success} { data ${selection && `{ ${selection} }`} } ... on Error { message } ... on InvalidInputError { issues { path message } } } }`,
    Object.fromEntries(names.map((name) => [name, args[name]?.[1]])),
  )
  if (answer.data === undefined) throw new Error(`${field}: ${answer.message} ${JSON.stringify(answer.issues ?? '')}`)
  return answer.data
}

/** A published page with these versions; the first is the original. */
export async function publishPage(
  api: ApiClient,
  { slug, title }: { slug: string; title: string },
  variants: Record<string, object>,
): Promise<string> {
  const input = {
    slug,
    title,
    language: 'en',
    variants: Object.entries(variants).map(([key, content]) => ({ key, content })),
  }
  const { id } = await act(api, 'createPage', { input: ['CreatePageInput!', input] })
  await act(api, 'publishPage', { id: ['ID!', id] })
  return id
}

/** Asks for a turn, and resolves when it has ended. */
export async function takeTurn(api: ApiClient, pageId: string, kind: 'ANALYSIS' | 'GENERATION'): Promise<Turn> {
  const { id } = await act(api, 'improvePageNow', { pageId: ['ID!', pageId], kind: ['PageLoopRunKind!', kind] })
  await expect
    .poll(async () => (await readTurn(api, id)).status, { timeout: 60_000, interval: 200 })
    .toMatch(/^(DONE|APPROVAL|FAILED|CANCELED)$/)
  return readTurn(api, id)
}

export async function readTurn(api: ApiClient, id: string): Promise<Turn> {
  const { node } = await api.ask<{
    node: Omit<Turn, 'steps' | 'candidates'> & {
      steps: { nodes: Turn['steps'] }
      candidates: { nodes: Turn['candidates'] }
    }
  }>(
    `query($id: ID!) { node(id: $id) { ... on PageLoopRun { id status failure
      steps(first: 100) { nodes { id kind status variantKey summary } }
      candidates(first: 100) { nodes { number generator status reasons { code text } variant { key } } } } } }`,
    { id },
  )
  return { ...node, steps: node.steps.nodes.toReversed(), candidates: node.candidates.nodes.toReversed() }
}
