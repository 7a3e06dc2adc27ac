import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test, vi } from 'vitest'
import { findChromium, lookAtPage } from '../src/quality/accessibility.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments, landingPages])
const editor = await signIn()

interface Finding {
  code: string
  severity: string
  message: string
  blockId: string | null
  variantKey: string
}

const hero = { type: 'Hero', props: { id: 'hero', title: 'Trees for every wall' } }
const prose = (props: object) => ({ type: 'Text', props: { id: 'prose', text: 'Words.', ...props } })
const button = (href: string) => ({
  type: 'CallToAction',
  props: { id: 'cta', heading: 'Get one', label: 'Order', href, goal: 'order' },
})
const contentOf = (...content: object[]) => ({ root: { props: { title: 'Trees' } }, content })

async function page(content: object, who: SignedInClient = editor): Promise<string> {
  const { createPage } = await who.ask<{ createPage: { data?: { id: string }; message?: string } }>(
    'mutation($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id } } ... on Error { message } } }',
    { input: { slug: `p-${uuidv7()}`, title: 'Trees', variants: [{ key: 'a', content }] } },
  )
  if (!createPage.data) throw new Error(createPage.message)
  return createPage.data.id
}

async function qualityOf(id: string) {
  const { pageQuality } = await editor.ask<{
    pageQuality: { publishable: boolean; findings: Finding[]; variants: Record<string, number>[] }
  }>(
    `query($id: ID!) { pageQuality(pageId: $id) { publishable findings { code severity message blockId variantKey }
      variants { bytes gzipBytes words readingSeconds } } }`,
    { id },
  )
  return pageQuality
}

async function publish(id: string) {
  const { publishPage } = await editor.ask<{
    publishPage: { __typename: string; issues?: { path: string; code: string; message: string }[] }
  }>(
    'mutation($id: ID!) { publishPage(id: $id) { __typename ... on InvalidInputError { issues { path code message } } } }',
    { id },
  )
  return publishPage
}

describe('a sound page', () => {
  test('has nothing found, weighs little and is published', async () => {
    const id = await page(contentOf(hero, prose({ anchor: 'more', heading: 'More' }), button('#more')))
    const { findings, publishable, variants } = await qualityOf(id)
    expect(findings).toEqual([])
    expect(publishable).toBe(true)
    expect(variants[0]).toMatchObject({ words: expect.any(Number), readingSeconds: expect.any(Number) })
    expect(variants[0]?.bytes).toBeLessThan(50_000)
    expect((await publish(id)).__typename).toBe('PublishPageSuccess')
  })
})

describe('before a page is published, these are errors that keep it from it:', () => {
  test.each([
    ['a link to an anchor that no block has', button('#nowhere'), 'ANCHOR_MISSING', 'anchor "nowhere"'],
    [
      'an image that is gone',
      { type: 'Image', props: { id: 'cta', image: { imageId: uuidv7(), alt: 'A tree' } } },
      'IMAGE_MISSING',
      'upload it again',
    ],
  ])('%s', async (_what, block, code, wayOut) => {
    const id = await page(contentOf(hero, block))
    const { findings, publishable } = await qualityOf(id)
    expect(findings).toMatchObject([
      { code, severity: 'ERROR', blockId: 'cta', variantKey: 'a', message: expect.stringContaining(wayOut) },
    ])
    expect(publishable).toBe(false)
    expect(await publish(id)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'variants.a.cta', code }],
    })
  })

  test('a link to a page of the workspace that is not public, until it is', async () => {
    const owner = kernel.contexts.workspace(editor.workspaceId, { type: 'system', name: 'test' })
    const [{ slug } = { slug: '' }] = await owner.db.prisma.workspace.findMany({ select: { slug: true } })
    const target = await page(contentOf(hero))
    const { page: found } = { page: await owner.db.prisma.page.findFirst({ where: { id: uuidOf(target) } }) }
    const id = await page(contentOf(hero, button(`/p/${slug}/${found?.slug}`)))
    expect(await publish(id)).toMatchObject({ issues: [{ code: 'LINKED_PAGE_MISSING' }] })
    await publish(target)
    expect((await publish(id)).__typename).toBe('PublishPageSuccess')
  })

  test('content that no longer fits its blocks', async () => {
    const id = await page(contentOf(hero))
    const owner = kernel.contexts.workspace(editor.workspaceId, { type: 'system', name: 'test' })
    await owner.db.prisma.pageVariant.updateMany({
      where: { pageId: uuidOf(id) },
      data: { content: contentOf({ type: 'Gone', props: { id: 'x' } }) as object },
    })
    expect((await qualityOf(id)).findings).toMatchObject([{ code: 'CONTENT_INVALID', blockId: 'x' }])
    expect(await publish(id)).toMatchObject({ __typename: 'InvalidInputError', issues: [{ code: 'CONTENT_INVALID' }] })
  })
})

describe('these are warnings, which do not keep it from being published:', () => {
  test.each([
    ['no heading of level 1 at the start', contentOf(prose({ heading: 'More' })), 'HEADING_FIRST', 'Hero'],
    [
      'two headings of level 1',
      contentOf(hero, { ...hero, props: { ...hero.props, id: 'second' } }),
      'HEADING_TWICE',
      'second heading',
    ],
    [
      'an image without alternative text',
      contentOf(hero, {
        type: 'Image',
        props: { id: 'i', image: { src: 'https://example.com/a.png', alt: '', width: 4, height: 3 } },
      }),
      'ALT_MISSING',
      'Write what it shows',
    ],
    [
      'a text that takes long to read',
      contentOf(hero, prose({ text: 'word '.repeat(1500).trim() })),
      'TEXT_LONG',
      '6 minutes',
    ],
    [
      'more than 50 kB of HTML and CSS',
      contentOf(
        hero,
        prose({ text: 'x'.repeat(19_000) }),
        ...['b', 'c', 'd'].map((id) => prose({ id, text: 'x'.repeat(19_000) })),
      ),
      'PAGE_HEAVY',
      'budget is 50 kB',
    ],
  ])('%s', async (_what, content, code, wayOut) => {
    const id = await page(content)
    const { findings, publishable } = await qualityOf(id)
    expect(findings).toMatchObject([{ code, severity: 'WARNING', message: expect.stringContaining(wayOut) }])
    expect(publishable).toBe(true)
    expect((await publish(id)).__typename).toBe('PublishPageSuccess')
  })
})

describe.runIf(findChromium(process.env.CHROMIUM_PATH))('an accessibility report', () => {
  interface Report {
    status: string
    progress: number
    score: number | null
    engine: string | null
    issues: { rule: string; criteria: string[]; impact: string }[]
  }

  async function reportOn(id: string): Promise<Report> {
    const { checkAccessibility } = await editor.ask<{ checkAccessibility: { data: Report } }>(
      'mutation($id: ID!) { checkAccessibility(pageId: $id) { ... on CheckAccessibilitySuccess { data { status } } ... on Error { message } } }',
      { id },
    )
    expect(checkAccessibility.data.status).toBe('WAITING')
    return vi.waitFor(
      async () => {
        const { accessibilityReports } = await editor.ask<{ accessibilityReports: { edges: { node: Report }[] } }>(
          'query($id: ID!) { accessibilityReports(pageId: $id) { edges { node { status progress score engine failure issues { rule criteria impact count elements { selector mend } } } } } }',
          { id },
        )
        const [first] = accessibilityReports.edges
        expect(first?.node.status).toMatch(/DONE|FAILED/)
        return first?.node as Report
      },
      { timeout: 60_000, interval: 250 },
    )
  }

  test('names what is wrong, the worst first, with its criterion of WCAG and the way out', {
    timeout: 60_000,
  }, async () => {
    const steps: number[] = []
    const { score, issues } = await lookAtPage({
      chromium: findChromium(process.env.CHROMIUM_PATH) as string,
      html: '<!doctype html><html><head><title>Bad</title></head><body><main><h1>Bad</h1><img src="/a.png"><p style="color:#aaa;background:#fff">Hardly seen</p></main></body></html>',
      address: 'http://espalier.test/p/-/bad',
      image: async () => undefined,
      signal: new AbortController().signal,
      onProgress: async (percent) => void steps.push(percent),
    })
    expect(issues.map(({ rule }) => rule)).toEqual(['image-alt', 'color-contrast', 'html-has-lang'])
    expect(issues[0]).toMatchObject({ impact: 'critical', criteria: ['1.1.1'], count: 1 })
    expect(issues[1]?.elements[0]).toMatchObject({ selector: 'p', mend: expect.stringContaining('contrast') })
    expect(score).toBeGreaterThan(0)
    expect(score).toBeLessThan(80)
    expect(steps).toEqual([20, 55, 90])
  })

  test('of a page of ours is kept, with 100 of 100', { timeout: 120_000 }, async () => {
    const id = await page(contentOf(hero, prose({ anchor: 'more', heading: 'More' }), button('#more')))
    expect(await reportOn(id)).toMatchObject({
      status: 'DONE',
      progress: 100,
      score: 100,
      issues: [],
      engine: expect.stringMatching(/^axe-core \d+\.\d+\.\d+, Chromium \d+$/),
    })
  })
})

function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] as string
}
