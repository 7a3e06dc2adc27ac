import type { StubModelServer, StubRequest } from '@espalier/ai/testing'
import { seededRandom } from '@espalier/core'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import type { ApiClient } from './apiClient.ts'
import { act, rewritten } from './improvingPage.ts'
import type { Product } from './product.ts'
import { until } from './until.ts'

export const modelKey = 'sk-of-the-pictures'

/** A service that answers, and what was asked of it. */
export async function connectModel(owner: ApiClient, stub: StubModelServer): Promise<void> {
  await act(owner, 'setAiKey', { input: ['SetAiKeyInput!', { baseUrl: stub.baseUrl, key: modelKey }] }, '__typename')
  await owner
    .ask(
      'mutation { updatePluginSettings(plugin: "ai", value: { model: "gpt-4.1-mini", monthlyBudget: 20 }) { __typename } }',
    )
    .catch(() => undefined)
  await owner.ask('mutation { tryAi { __typename } }')
}

/** A prompt that answers badly at first, cases that say so, and an evolution that finds better wordings. */
export async function evolvePromptOfShop(owner: ApiClient): Promise<void> {
  const variables = [
    { name: 'product', type: 'TEXT', example: 'Conference pears', description: 'What is for sale' },
    { name: 'price', type: 'TEXT', example: '12 €', description: 'With its currency' },
  ]
  const { id } = await act(owner, 'createPrompt', {
    input: [
      'CreatePromptInput!',
      {
        name: 'shop.describe-product',
        description: 'A sentence below the picture of a product.',
        variables,
        variant: { language: 'EN', template: wordings.first, note: 'The first wording' },
      },
    ],
  })
  const { prompt } = await owner.ask<{ prompt: { activeVariants: { id: string }[] } }>(
    '{ prompt(name: "shop.describe-product") { activeVariants { id } } }',
  )
  const variantId = prompt.activeVariants[0]?.id
  for (const [index, product] of products.entries()) {
    await act(
      owner,
      'tryPromptVariant',
      { variantId: ['ID!', variantId], variables: ['JSON!', { product, price: `${12 + index} €` }] },
      '__typename',
    )
    await act(
      owner,
      'addPromptCase',
      {
        promptId: ['ID!', id],
        input: [
          'AddPromptCaseInput!',
          {
            language: 'EN',
            heldBack: index % 2 === 0,
            variables: { product, price: `${12 + index} €` },
            expectation: {
              checks: [
                ...(index % 3 === 0 ? [] : [{ check: 'contains', values: [`${12 + index} €`] }]),
                ...(index % 3 === 1 ? [] : [{ check: 'maxWords', value: 12 }]),
                ...(index % 3 === 2 ? [] : [{ check: 'contains', values: ['Order'] }]),
              ],
            },
          },
        ],
      },
      '__typename',
    )
  }
  const { promptExecutions } = await owner.ask<{ promptExecutions: { nodes: { id: string }[] } }>(
    '{ promptExecutions(first: 6) { nodes { id } } }',
  )
  for (const [index, execution] of promptExecutions.nodes.entries())
    await owner.ask(
      'mutation ($id: ID!, $rating: Int!) { ratePromptExecution(id: $id, rating: $rating) { __typename } }',
      {
        id: execution.id,
        rating: 2 + (index % 4),
      },
    )
  for (const [confidence, outcome] of [
    [0.9, 'POSITIVE'],
    [0.8, 'POSITIVE'],
    [0.8, 'POSITIVE'],
    [0.7, 'NEGATIVE'],
    [0.6, 'POSITIVE'],
    [0.3, 'NEGATIVE'],
    [0.2, 'NEGATIVE'],
  ])
    await act(
      owner,
      'recordFeedback',
      {
        input: [
          'RecordFeedbackInput!',
          { actionType: 'LEAD_CONVERSION', predicted: { outcome: 'positive' }, confidence, outcome },
        ],
      },
      '__typename',
    )
  await act(
    owner,
    'recordFeedback',
    {
      input: [
        'RecordFeedbackInput!',
        { actionType: 'USER_ACTION', predicted: { outcome: 'positive' }, confidence: 0.6 },
      ],
    },
    '__typename',
  )
  await act(
    owner,
    'evolvePrompt',
    {
      promptId: ['ID!', id],
      input: [
        'EvolvePromptInput!',
        { language: 'EN', generations: 4, budgetMicros: 2_000_000, goals: ['Shorter', 'Says the price'] },
      ],
    },
    '__typename',
  )
  await until('the evolution has ended', async () => {
    const { prompt } = await owner.ask<{ prompt: { evolutions: { nodes: { endedAt: string | null }[] } } }>(
      '{ prompt(name: "shop.describe-product") { evolutions(first: 1) { nodes { endedAt } } } }',
    )
    return Boolean(prompt.evolutions.nodes[0]?.endedAt)
  })
}

const wordings = {
  first: 'Describe {{ product }} for the shop. It costs {{ price }}.',
  price: 'Name the price.',
  short: 'Use twelve words at most.',
  call: 'End by telling the reader what to do.',
}

const products = [
  'Conference pears',
  'Williams pears',
  'Quince jelly',
  'Pear cider',
  'Dried pears',
  'Comice pears',
  'A young pear tree',
  'Pear vinegar',
  'A box for two',
  'A box for the office',
  'Pear chutney',
  'Cider vinegar',
]

/** The shop's page improves itself: one proposal was approved, another one waits. */
export async function improveShop(product: Product, owner: ApiClient): Promise<void> {
  const { page } = await owner.ask<{ page: { id: string } }>('{ page(slug: "pears") { id } }')
  await act(
    owner,
    'setPageImprovement',
    {
      pageId: ['ID!', page.id],
      mode: ['PageLoopMode!', 'APPROVE'],
      limits: ['PageLoopLimitsInput', { variantsPerRun: 2, minDetectableLift: 0.5, horizonDays: 180 }],
    },
    '__typename',
  )
  await visit(product, 130)
  await turn(owner, page.id, 'ANALYSIS')
  await turn(owner, page.id, 'GENERATION')
  const { pageLoopSteps } = await owner.ask<{ pageLoopSteps: { nodes: { id: string }[] } }>(
    '{ pageLoopSteps(first: 10, filter: { status: { equals: "waiting" } }) { nodes { id } } }',
  )
  const first = pageLoopSteps.nodes[0]
  if (first) await act(owner, 'approveLoopStep', { id: ['ID!', first.id] }, '__typename')
  await visit(product, 60)
  await turn(owner, page.id, 'ANALYSIS')
}

async function turn(owner: ApiClient, pageId: string, kind: 'ANALYSIS' | 'GENERATION'): Promise<void> {
  const { id } = await act(owner, 'improvePageNow', {
    pageId: ['ID!', pageId],
    kind: ['PageLoopRunKind!', kind],
  })
  await until('the turn has ended', async () => {
    const { node } = await owner.ask<{ node: { status: string } }>(
      'query ($id: ID!) { node(id: $id) { ... on PageLoopRun { status } } }',
      { id },
    )
    return /^(DONE|APPROVAL|FAILED|CANCELED)$/.test(node.status)
  })
}

async function visit({ url }: Product, many: number): Promise<void> {
  const random = seededRandom(6)
  const coming = Array.from({ length: many }, (_, index) => index).values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const index of coming)
        await simulateVisitor(new URL(index % 4 ? '/p/demo/pears' : '/p/demo/welcome', url), random, {
          headers: { 'x-forwarded-for': `198.51.${100 + (index >> 8)}.${index & 255}` },
        })
    }),
  )
}

/** What the model answers: pages with another headline, better wordings of a prompt, sentences that do what the wording says. */
export function writer() {
  const headlines = ['Ripe pears, picked this morning', 'Pears that taste of summer', 'Our pears are ready to eat']
  let [asked, proposed] = [0, 0]
  return (request: StubRequest) => {
    const text = request.messages.map(({ content }) => content).join('\n')
    if (/<data>\{"(?:root|content)"/.test(text))
      return { json: rewritten(request, headlines[asked++ % headlines.length]) }
    const merge = text.includes('Two wordings of one prompt')
    if (merge || text.includes('You improve prompts')) {
      const known = Object.values(wordings).filter((part) => text.includes(part))
      const next = Object.values(wordings)[1 + (proposed++ % 3)] as string
      const parts = merge ? known : [...new Set([...known, next])]
      return {
        json: {
          diagnosis: merge ? 'Each lacks what the other one asks for.' : 'It leaves out what the shop needs.',
          system: '',
          template: parts.join(' '),
        },
      }
    }
    const [, product = 'pears', price = ''] =
      /Describe (.*?) for the shop\. It costs ([^.]*)\./.exec(text.replace(/<\/?data>/g, '')) ?? []
    const says = (part: string) => text.includes(part)
    return [
      says(wordings.short)
        ? `${product}, ripe and fresh.`
        : `${product} from our own trees, picked by hand in the cool of the morning and packed in straw the very same day.`,
      ...(says(wordings.price) ? [`Only ${price}.`] : []),
      ...(says(wordings.call) ? ['Order today.'] : []),
    ].join(' ')
  }
}
