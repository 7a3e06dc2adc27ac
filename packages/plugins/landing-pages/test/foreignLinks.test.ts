import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { checkForeignLinks } from '../src/quality/checkLinks.ts'
import { findingOf } from '../src/quality/finding.ts'
import type { Probed } from '../src/quality/linkProbe.ts'
import { newReading } from '../src/quality/pageReading.ts'

const { signIn } = await servedKernel([tracking, experiments, landingPages])
const publicUrl = 'https://growth.example'

/** What is found where another site answers so. */
async function findingsOn(answer: Probed, links = ['https://elsewhere.example/page']) {
  const reading = newReading()
  for (const href of links) reading.links.push({ href, text: 'There', blockId: 'cta' })
  const remarks = await checkForeignLinks(reading, publicUrl, { probe: async () => answer })
  return remarks.map((found) => findingOf('a', found))
}

describe('a link to another site is a warning that says what to do and that it does not hold the page up:', () => {
  test.each<[string, Probed, string, string]>([
    ['one that is gone', { kind: 'answered', status: 404 }, 'LINK_BROKEN', 'is gone (404). Change it or take it away.'],
    [
      'one that cannot be reached',
      { kind: 'unreachable', reason: 'its name is unknown' },
      'LINK_BROKEN',
      'its name is unknown. Open it in a browser: correct the address if it is wrong, or take the link away.',
    ],
    ['one into a private network', { kind: 'private' }, 'LINK_PRIVATE', 'Use a public address.'],
    [
      'one that refuses the check',
      { kind: 'answered', status: 403 },
      'LINK_UNCHECKED',
      'answers 403 to a check. Open it in a browser to see whether it works; some sites refuse checks.',
    ],
  ])('%s', async (_what, answer, code, wayOut) => {
    const [found, ...others] = await findingsOn(answer)
    expect(others).toEqual([])
    expect(found).toMatchObject({ code, severity: 'warning', blockId: 'cta' })
    expect(found?.message.en).toContain('https://elsewhere.example/page')
    expect(found?.message.en).toContain(wayOut)
    expect(found?.message.en).toContain('The page can be published all the same')
  })

  test('one that answers is not mentioned', async () => {
    expect(await findingsOn({ kind: 'answered', status: 204 })).toEqual([])
  })

  test('those beyond the 60 that a check asks are counted', async () => {
    const links = Array.from({ length: 63 }, (_, index) => `https://elsewhere.example/${index}`)
    expect(await findingsOn({ kind: 'answered', status: 200 }, links)).toEqual([
      expect.objectContaining({
        code: 'LINK_UNCHECKED',
        message: expect.objectContaining({ en: expect.stringMatching(/^3 more addresses/) }),
      }),
    ])
  })

  test('the page that has one is published', async () => {
    const client = await signIn()
    const button = { id: 'cta', heading: 'H', label: 'Go', href: 'http://127.0.0.1/', goal: 'g' }
    const content = {
      root: { props: { title: 'T' } },
      content: [
        { type: 'Hero', props: { id: 'hero', title: 'T' } },
        { type: 'CallToAction', props: button },
      ],
    }
    const { createPage } = await client.ask<{ createPage: { data: { id: string } } }>(
      'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id } } } }',
      { input: { slug: `p-${uuidv7()}`, title: 'P', variants: [{ key: 'a', content }] } },
    )
    const { id } = createPage.data
    const { pageQuality } = await client.ask<{ pageQuality: object }>(
      'query ($id: ID!) { pageQuality(pageId: $id, foreignLinks: true) { publishable findings { code severity message } } }',
      { id },
    )
    expect(pageQuality).toEqual({
      publishable: true,
      findings: [
        {
          code: 'LINK_PRIVATE',
          severity: 'WARNING',
          message: expect.stringContaining('The page can be published all the same'),
        },
      ],
    })
    const { publishPage } = await client.ask<{ publishPage: { __typename: string } }>(
      'mutation ($id: ID!) { publishPage(id: $id) { __typename } }',
      { id },
    )
    expect(publishPage.__typename).toBe('PublishPageSuccess')
  })
})
