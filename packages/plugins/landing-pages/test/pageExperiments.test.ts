import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'
import { allBold, browsers, experimentPages } from './browsers.ts'

const served = await servedKernel([tracking, experiments, landingPages])
const client = await served.signIn()
const { under, experiment, page, act, settle } = experimentPages(client)
const browser = browsers(served)

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
const crawler = 'Googlebot/2.1 (+http://www.google.com/bot.html)'

describe('an experiment with a condition takes in', () => {
  test.each<[string, object, Record<string, string>, string]>([
    ['a device', { device: 'mobile' }, { 'user-agent': phone }, ''],
    ['a browser', { browser: 'Safari' }, { 'user-agent': phone }, ''],
    ['a system', { os: 'iOS' }, { 'user-agent': phone }, ''],
    ['a language', { language: { $regex: '^fr' } }, { 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.8' }, ''],
    ['a country', { country: { $in: ['CH', 'FR'] } }, { 'cf-ipcountry': 'CH' }, ''],
    ['a campaign', { utmCampaign: 'spring', utmSource: 'news' }, {}, '?utm_source=news&utm_campaign=spring'],
    ['a channel', { channel: 'organic-search' }, { referer: 'https://www.google.com/' }, ''],
    ['a referrer', { referrerHost: 'blog.example' }, { referer: 'https://blog.example/post' }, ''],
    ['an address', { url: { $regex: '\\?plan=pro$' } }, {}, '?plan=pro'],
    ['a path', { path: { $regex: '^/p/[^/]+/p-' }, device: 'mobile' }, { 'user-agent': phone }, '?x=1'],
  ])('%s, and shows others the first variant', async (_what, condition, headers, query) => {
    await settle({ countryHeader: 'cf-ipcountry' })
    const { url, counts } = await under({ variants: allBold, condition })
    expect(await browser(headers).visit(url + query)).toMatchObject({ shown: 'Bold', counts: counts('bold') })
    const other = await browser().visit(url)
    expect(other).toMatchObject({ shown: 'Control', counts: {} })
    expect(other.setCookies.join()).not.toContain('espalier_variants')
  })

  test('a visitor by their id, which is the one of their cookie', async () => {
    const somebody = browser()
    await somebody.visit((await page(['control'])).url)
    const id = somebody.jar.get('espalier_visitor')
    const { url } = await under({ variants: allBold, condition: { id } })
    expect((await somebody.visit(url)).shown).toBe('Bold')
    expect((await browser().visit(url)).shown).toBe('Control')
  })
})

describe('a holdout', () => {
  /** An experiment that everybody is in but those who are held back, of whom there are as many as the weights say. */
  async function withHoldout(general: number, heldBack: number) {
    const holdout = await experiment({
      kind: 'HOLDOUT',
      variants: [
        { key: 'general', name: 'G', weight: general },
        { key: 'held-back', name: 'H', weight: heldBack },
      ],
    })
    return { holdout, ...(await under({ variants: allBold, holdoutId: holdout.id })) }
  }

  const exposuresOf = async (id: string) => {
    const { node } = await client.ask<{
      node: { results: { variants: { variant: { key: string }; exposures: number }[] } }
    }>(
      'query($id: ID!) { node(id: $id) { ... on Experiment { results { variants { variant { key } exposures } } } } }',
      {
        id,
      },
    )
    return Object.fromEntries(node.results.variants.map(({ variant, exposures }) => [variant.key, exposures]))
  }

  test('keeps those who are held back on the first variant, and counts them for the holdout alone', async () => {
    const { holdout, id, url } = await withHoldout(0, 1)
    const somebody = browser()
    const seen = await somebody.visit(url)
    expect(seen).toMatchObject({ shown: 'Control', counts: holdout.counts('held-back') })
    await somebody.report(seen)
    expect(await exposuresOf(holdout.id)).toEqual({ general: 0, 'held-back': 1 })
    expect(await exposuresOf(id)).toEqual({ control: 0, bold: 0 })
  })

  test('counts everybody else for both', async () => {
    const { holdout, id, url, counts } = await withHoldout(1, 0)
    const somebody = browser()
    const seen = await somebody.visit(url)
    expect(seen).toMatchObject({ shown: 'Bold', counts: { ...holdout.counts('general'), ...counts('bold') } })
    await somebody.report(seen)
    expect(await exposuresOf(holdout.id)).toEqual({ general: 1, 'held-back': 0 })
    expect(await exposuresOf(id)).toEqual({ control: 0, bold: 1 })
  })
})

describe('who tries a variant out', () => {
  test('by a link sees it uncounted: no tracker, no cookie, nothing for caches and search engines', async () => {
    const { url } = await under()
    const somebody = browser()
    for (const [key, title] of [
      ['bold', 'Bold'],
      ['control', 'Control'],
    ]) {
      const seen = await somebody.visit(`${url}?utm_source=x&espalier-variant=${key}`)
      expect(seen).toMatchObject({ shown: title, counts: undefined, setCookies: [] })
      expect(seen.headers.get('cache-control')).toBe('private, no-store')
      expect(seen.headers.get('x-robots-tag')).toContain('noindex')
      expect(seen.html).not.toContain('/t.js')
    }
  })

  test('by a link with a key that is not public here is a visitor like any other', async () => {
    const { url, pageId, counts } = await under({ variants: allBold })
    const draft = { root: { props: { title: 'Secret' } }, content: [] }
    await act('addPageVariant', {
      pageId: ['ID!', pageId],
      input: ['PageVariantInput!', { key: 'secret', content: draft }],
    })
    for (const key of ['secret', 'nothing', '', '%00'])
      expect(await browser().visit(`${url}?espalier-variant=${key}`)).toMatchObject({
        shown: 'Bold',
        counts: counts('bold'),
      })
  })

  test('because the experiment names them sees it on every visit, and does not count for the experiment', async () => {
    const somebody = browser()
    await somebody.visit((await page(['control'])).url)
    const subject = somebody.jar.get('espalier_visitor')
    const { url } = await under({ variants: allBold, forced: [{ subject, variant: 'control' }] })
    for (let visit = 0; visit < 2; visit++)
      expect(await somebody.visit(url)).toMatchObject({ shown: 'Control', counts: {}, setCookies: [] })
    expect((await browser().visit(url)).shown).toBe('Bold')
  })

  test('is noticed by the health of the experiment, and so are crawlers', async () => {
    const { id, url } = await under()
    await browser().visit(`${url}?espalier-variant=bold`)
    for (let visit = 0; visit < 3; visit++) await browser({ 'user-agent': crawler }).visit(url)
    await browser({ 'user-agent': crawler }).visit(`${url}?espalier-variant=bold`)
    await browser({ dnt: '1' }).visit(url)
    const health = async () =>
      (
        await client.ask<{ node: { health: object } }>(
          'query($id: ID!) { node(id: $id) { ... on Experiment { health { bots forced } } } }',
          { id },
        )
      ).node.health
    await expect.poll(health).toEqual({ bots: 4, forced: 1 })
  })
})

test('a variant that the page has no content for is neither shown nor counted', async () => {
  const { url, change, counts } = await under()
  await change({
    add: [{ key: 'third', name: 'T', weight: 1 }],
    weights: ['control', 'bold'].map((variant) => ({ variant, weight: 0 })),
  })
  const seen = await browser().visit(url)
  expect(seen).toMatchObject({ shown: 'Control', counts: {} })
  await change({
    weights: [
      { variant: 'bold', weight: 1 },
      { variant: 'third', weight: 0 },
    ],
  })
  expect(await browser().visit(url)).toMatchObject({ shown: 'Bold', counts: counts('bold') })
})

describe('before visitors notice, the quality of a page says', () => {
  const findingsOf = async (pageId: string) => {
    const { pageQuality } = await client.ask<{
      pageQuality: { publishable: boolean; findings: { code: string; severity: string; variantKey: string }[] }
    }>('query($id: ID!) { pageQuality(pageId: $id) { publishable findings { code severity variantKey } } }', {
      id: pageId,
    })
    return pageQuality
  }
  const add = (pageId: string, key: string) =>
    act('addPageVariant', {
      pageId: ['ID!', pageId],
      input: ['PageVariantInput!', { key, content: { root: { props: { title: key } }, content: [] } }],
    })
  const about = (code: string, severity: string, variantKey: string) => ({ code, severity, variantKey })
  const ofExperiment = ({ findings }: Awaited<ReturnType<typeof findingsOf>>) =>
    findings.filter(({ code }) => /VARIANT|CONTROL/.test(code))

  test('which variants of the experiment it lacks, has not published, and shows nobody', async () => {
    const { pageId, change } = await under()
    expect(ofExperiment(await findingsOf(pageId))).toEqual([])
    await change({ add: [{ key: 'third', name: 'T' }] })
    const lacking = await findingsOf(pageId)
    expect(lacking.publishable).toBe(false)
    expect(ofExperiment(lacking)).toEqual([about('VARIANT_MISSING', 'ERROR', 'third')])
    await add(pageId, 'third')
    const added = await findingsOf(pageId)
    expect(added.publishable).toBe(true)
    expect(ofExperiment(added)).toEqual([about('VARIANT_UNPUBLISHED', 'WARNING', 'third')])
    await act('publishPage', { id: ['ID!', pageId] })
    expect(ofExperiment(await findingsOf(pageId))).toEqual([])
    await change({ retire: ['bold'] })
    expect(ofExperiment(await findingsOf(pageId))).toEqual([about('VARIANT_UNUSED', 'WARNING', 'bold')])
  })

  test('that who takes no part sees something else than the control', async () => {
    const { id } = await experiment()
    const { id: pageId } = await page(['bold', 'control'], id)
    expect(ofExperiment(await findingsOf(pageId))).toEqual([about('CONTROL_NOT_FIRST', 'WARNING', 'bold')])
  })
})
