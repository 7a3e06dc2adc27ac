import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import landingPages from '../src/index.ts'
import { allBold, browsers, experimentPages } from './browsers.ts'

const served = await servedKernel([tracking, experiments, landingPages])
const { url, kernel, signIn, cutDatabaseOff } = served

const visit = (path: string) =>
  fetch(url + path, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36' } })

describe('while the database is away', () => {
  const browser = browsers(served)
  let underExperiment: Awaited<ReturnType<ReturnType<typeof experimentPages>['under']>>
  let path = ''
  let token = ''
  let letInAgain = async () => {}
  let client: Awaited<ReturnType<typeof signIn>>

  beforeAll(async () => {
    client = await signIn()
    const content = {
      root: { props: { title: 'T' } },
      content: [
        { type: 'Hero', props: { id: 'h', title: 'Hello' } },
        {
          type: 'Form',
          props: {
            id: 'contact',
            heading: 'H',
            fields: [{ name: 'email', type: 'email', label: 'E' }],
            label: 'Send',
            thanks: { heading: 'Thanks' },
          },
        },
      ],
    }
    const { createPage } = await client.ask<{ createPage: { data: { id: string; url: string } } }>(
      `mutation ($content: JSON!) {
        createPage(input: { slug: "offer", title: "T", variants: [{ key: "a", content: $content }] }) {
          ... on CreatePageSuccess { data { id url } }
        }
      }`,
      { content },
    )
    await client.ask('mutation ($id: ID!) { publishPage(id: $id) { __typename } }', { id: createPage.data.id })
    path = new URL(createPage.data.url).pathname
    const seen = await visit(path)
    expect(seen.status).toBe(200)
    token = /name="_token" value="([^"]*)"/.exec(await seen.text())?.[1] ?? ''
    underExperiment = await experimentPages(client).under({ variants: allBold, condition: { device: 'desktop' } })
    expect((await browser().visit(underExperiment.url)).shown).toBe('Bold')
    // Older than everything that is remembered for a while.
    vi.useFakeTimers({ toFake: ['performance', 'Date'], now: Date.now() + 10 * 60_000 })
    letInAgain = await cutDatabaseOff()
  })
  afterAll(async () => {
    vi.useRealTimers()
    await letInAgain()
  })

  test('a page that was seen before is served from memory, tracker included', async () => {
    const response = await visit(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('espalier-context')
  })

  test('an experiment goes on deciding, by condition and by what a browser has had', async () => {
    const { url, counts } = underExperiment
    const somebody = browser()
    for (const setCookies of [expect.arrayContaining([expect.stringContaining('espalier_variants')]), []])
      expect(await somebody.visit(url)).toMatchObject({ shown: 'Bold', counts: counts('bold'), setCookies })
    const phone = browser({ 'user-agent': 'Mozilla/5.0 (Linux; Android 15) Chrome/141.0.0.0 Mobile Safari/537.36' })
    expect(await phone.visit(url)).toMatchObject({ shown: 'Control', counts: {} })
  })

  test('a form says that it could not be saved, and keeps what was written', async () => {
    const response = await fetch(`${url}${path}/forms/contact`, {
      method: 'POST',
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36' },
      body: new URLSearchParams({ _token: token, email: 'ada@example.com' }),
    })
    expect(response.status).toBe(503)
    const html = await response.text()
    expect(html).toContain('This could not be saved right now.')
    expect(html).toContain('value="ada@example.com"')
  })

  test('a page that nobody remembers is unavailable, not missing', async () => {
    for (const unseen of [`${path}-2`, '/p/elsewhere/offer']) {
      const response = await visit(unseen)
      expect(response.status, unseen).toBe(503)
      expect(response.headers.get('retry-after')).toBe('2')
      expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    }
  })

  test('the API says that it is unavailable', async () => {
    const { errors } = await client.answer('{ pages { nodes { id } } }')
    expect(errors?.[0]?.extensions.code).toBe('UNAVAILABLE')
  })

  test('all is well again without a restart', async () => {
    await letInAgain()
    await vi.waitFor(async () => expect((await visit(`${path}-2`)).status).toBe(404), { timeout: 60_000 })
    await client.ask('{ pages { nodes { id } } }')
    expect(kernel.database.pools.app.waitingCount).toBe(0)
  })
})
