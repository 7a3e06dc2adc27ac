import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments, landingPages])

const content = { root: { props: { title: 'Offer' } }, content: [{ type: 'Hero', props: { id: 'h', title: 'T' } }] }
const dayMs = 86_400_000

async function shop() {
  const client = await signIn()
  const make = async (title: string) => {
    const { createPage } = await client.ask<{ createPage: { data: { id: string; variants: { id: string }[] } } }>(
      'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id variants { id } } } } }',
      { input: { slug: `p-${uuidv7()}`, title, variants: [{ key: 'a', content }] } },
    )
    return createPage.data
  }
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  const service = kernel.service(tracking)
  const site = await context.transaction(async (tx) => service.sites.ensure(tx, 'pages'))
  /** Visitors of a page so many days ago, the first of whom convert. */
  const visit = (pageId: string, daysAgo: number, visitors: number, converting: number) =>
    service.record(
      context,
      Array.from({ length: visitors }, (_, index) => {
        const visitorId = uuidv7()
        const shared = { siteId: site.id, visitorId, pageId, at: new Date(Date.now() - daysAgo * dayMs) }
        return [
          { ...shared, name: 'pageview' },
          ...(index < converting ? [{ ...shared, name: 'conversion', goal: 'signup' }] : []),
        ]
      }).flat(),
    )
  return { client, make, visit }
}

const plain = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] as string

test('a list of pages says of each what happened there, and what happened before', async () => {
  const { client, make, visit } = await shop()
  const [busy, quiet] = [await make('Busy'), await make('Quiet')]
  await visit(plain(busy.id), 0.1, 4, 2)
  await visit(plain(busy.id), 3, 2, 0)
  await visit(plain(busy.id), 9, 5, 1)
  const { pages } = await client.ask<{ pages: { nodes: object[] } }>(`{
    pages(orderBy: { field: TITLE, direction: ASC }) { nodes {
      title
      traffic(days: 7) { total { visitors conversions conversionRate } previous { visitors conversions conversionRate } days { visitors conversions } }
    } }
  }`)
  expect(pages.nodes).toMatchObject([
    {
      title: 'Busy',
      traffic: {
        total: { visitors: 6, conversions: 2, conversionRate: 1 / 3 },
        previous: { visitors: 5, conversions: 1, conversionRate: 0.2 },
        days: [
          { visitors: 2, conversions: 0 },
          { visitors: 4, conversions: 2 },
        ],
      },
    },
    {
      title: 'Quiet',
      traffic: { total: { visitors: 0, conversionRate: null }, previous: { visitors: 0 }, days: [] },
    },
  ])
  expect(quiet.id).not.toBe(busy.id)
})

test('spans that nobody can read are refused', async () => {
  const { client, make } = await shop()
  await make('Any')
  const { errors } = await client.answer('{ pages { nodes { traffic(days: 0) { total { visitors } } } } }')
  expect(errors?.[0]?.message).toContain('0 is not from 1 to 366')
})

test('a page says who had a hand in it last', async () => {
  const { client, make } = await shop()
  const page = await make('Mine')
  const editor = await signIn({ role: 'editor', workspace: client.workspaceId })
  const ask = async () =>
    (
      await client.ask<{ pages: { nodes: { lastSavedBy: string; lastPublishedBy: string | null }[] } }>(
        '{ pages { nodes { lastSavedBy lastPublishedBy accessibilityScore } } }',
      )
    ).pages.nodes[0]
  const { viewer: owner } = await client.ask<{ viewer: { user: { name: string } } }>('{ viewer { user { name } } }')
  const { viewer: other } = await editor.ask<{ viewer: { user: { name: string } } }>('{ viewer { user { name } } }')
  expect(await ask()).toEqual({ lastSavedBy: owner.user.name, lastPublishedBy: null, accessibilityScore: null })
  await editor.ask(
    'mutation ($id: ID!, $content: JSON!) { updatePageVariant(id: $id, content: $content) { __typename } }',
    { id: page.variants[0]?.id, content: { ...content, root: { props: { title: 'Other' } } } },
  )
  await client.ask('mutation ($id: ID!) { publishPage(id: $id) { __typename } }', { id: page.id })
  expect(await ask()).toEqual({
    lastSavedBy: other.user.name,
    lastPublishedBy: owner.user.name,
    accessibilityScore: null,
  })
})
