import { gzipSync } from 'node:zlib'
import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { demoPage } from '../src/demo/demoPage.ts'
import { sayIn } from '../src/demo/say.ts'
import { installedPlugins } from '../src/plugins.ts'

const plugins = await installedPlugins()

const { url, signIn } = await servedKernel(plugins)
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

test('the demo page is at most 10,000 bytes of HTML and CSS, 3,000 gzipped, with the tracker’s tag and no other file', async () => {
  const editor = await signIn()
  const { createPage } = await editor.ask<{ createPage: { data: { id: string } } }>(
    'mutation($variants: [PageVariantInput!]!) { createPage(input: { slug: "welcome", title: "Welcome", variants: $variants }) { ... on CreatePageSuccess { data { id } } ... on Error { message } } }',
    { variants: demoPage(sayIn('en')).variants.map(({ key, content }) => ({ key, content })) },
  )
  const { publishPage } = await editor.ask<{ publishPage: { data: { url: string } } }>(
    'mutation($id: ID!) { publishPage(id: $id) { ... on PublishPageSuccess { data { url } } ... on Error { message } } }',
    { id: createPage.data.id },
  )
  const page = await fetch(url + new URL(publishPage.data.url).pathname, { headers: { 'user-agent': chrome } })
  const html = await page.text()
  expect(page.status).toBe(200)
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(10_000)
  expect(gzipSync(html).byteLength).toBeLessThanOrEqual(3_000)
  expect(html.match(/<(script|link rel="stylesheet"|img)[^>]*(src|href)=/g) ?? []).toHaveLength(1)
})
