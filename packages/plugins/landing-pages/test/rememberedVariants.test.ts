import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'
import { allBold, browsers, experimentPages } from './browsers.ts'

const served = await servedKernel([tracking, experiments, landingPages])
const { under } = experimentPages(await served.signIn())
const browser = browsers(served)

const name = 'espalier_variants'
/** From everybody "bold" to everybody "control", in a new phase. */
const toControl = {
  weights: [
    { variant: 'control', weight: 1 },
    { variant: 'bold', weight: 0 },
  ],
}

describe('a visitor of a sticky experiment', () => {
  test('keeps their variant when the weights change; who comes later gets what they are now', async () => {
    const { url, change, counts } = await under({ variants: allBold })
    const somebody = browser()
    expect((await somebody.visit(url)).shown).toBe('Bold')
    await change(toControl)
    expect(await somebody.visit(url)).toMatchObject({ shown: 'Bold', counts: counts('bold') })
    expect(await browser().visit(url)).toMatchObject({ shown: 'Control', counts: counts('control') })
  })

  test('keeps it when the condition no longer takes them in', async () => {
    const { url, change } = await under({ variants: allBold, condition: { browser: 'Chrome' } })
    const somebody = browser()
    await somebody.visit(url)
    await change({ condition: { browser: 'Safari' } })
    expect((await somebody.visit(url)).shown).toBe('Bold')
    expect((await browser().visit(url)).shown).toBe('Control')
  })

  test('is given the cookie once, for the pages of the workspace, out of the reach of scripts', async () => {
    const { url } = await under()
    const somebody = browser()
    const { setCookies } = await somebody.visit(url)
    const path = new URL(url).pathname.split('/').slice(0, 3).join('/')
    expect(setCookies).toEqual([
      expect.stringContaining('espalier_visitor='),
      expect.stringMatching(
        new RegExp(`^${name}=[0-9a-f~-]{73}\\.[\\w-]{43}; Path=${path}; Max-Age=34128000; HttpOnly; SameSite=Lax$`),
      ),
    ])
    for (let visit = 0; visit < 2; visit++) expect((await somebody.visit(url)).setCookies).toEqual([])
  })

  test('gets another variant once theirs is retired, and keeps that', async () => {
    const { url, change, counts } = await under({ variants: allBold })
    const somebody = browser()
    await somebody.visit(url)
    await change({ weights: [{ variant: 'control', weight: 1 }], add: [{ key: 'third', name: 'T', weight: 0 }] })
    await change({ retire: ['bold'] })
    expect(await somebody.visit(url)).toMatchObject({
      shown: 'Control',
      counts: counts('control'),
      setCookies: [expect.stringContaining(name)],
    })
    expect((await somebody.visit(url)).setCookies).toEqual([])
  })

  test('has several experiments in one cookie, the latest ten', async () => {
    const somebody = browser()
    const pages = []
    for (let page = 0; page < 11; page++) pages.push(await under({ variants: allBold }))
    for (const { url } of pages) expect((await somebody.visit(url)).setCookies.join()).toContain(name)
    expect(somebody.jar.get(name)?.split('~')).toHaveLength(11)
    expect(somebody.jar.get(name)?.length).toBeLessThan(800)
    const [first, second] = pages
    await first?.change(toControl)
    await second?.change(toControl)
    expect((await somebody.visit(second?.url ?? '')).shown).toBe('Bold')
    expect((await somebody.visit(first?.url ?? '')).shown).toBe('Control')
  })
})

describe('nobody', () => {
  test('claims a variant by a cookie of their own making', async () => {
    const { url, change, counts } = await under({ variants: allBold })
    const somebody = browser()
    await somebody.visit(url)
    await change(toControl)
    const signed = somebody.jar.get(name) ?? ''
    const [experiment = ''] = Object.keys(counts('bold'))
    const mine = browser()
    await mine.visit(url)
    for (const forged of [
      `${experiment}~${counts('bold')[experiment]}`,
      `${experiment}~${counts('bold')[experiment]}.`,
      `${experiment}~${counts('bold')[experiment]}.${'A'.repeat(43)}`,
      // Somebody else's, in whose name it was signed.
      signed,
      '',
      '.',
      '~',
      '%00'.repeat(600),
    ]) {
      mine.jar.set(name, forged)
      const seen = await mine.visit(url)
      expect(seen, forged).toMatchObject({ shown: 'Control', counts: counts('control') })
      // And it is put right.
      expect((await mine.visit(url)).setCookies, forged).toEqual([])
    }
  })

  test('is held to a cookie in an experiment that is not sticky', async () => {
    const { url, change } = await under({ variants: allBold, sticky: false })
    const somebody = browser()
    expect((await somebody.visit(url)).setCookies).toEqual([expect.stringContaining('espalier_visitor=')])
    await change(toControl)
    expect((await somebody.visit(url)).shown).toBe('Control')
  })

  test.each<[string, Record<string, string>]>([
    ['asks not to be tracked', { dnt: '1' }],
    ['is a crawler', { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' }],
  ])('is given one who %s', async (_who, headers) => {
    const { url } = await under({ variants: allBold })
    expect((await browser(headers).visit(url)).setCookies).toEqual([])
  })

  test.each([{ cookieless: true }, { requireConsent: true }])(
    'keeps one where the workspace wants %o; what was kept before goes',
    async (setting) => {
      const { under, settle } = experimentPages(await served.signIn())
      const { url } = await under()
      const somebody = browser()
      await somebody.visit(url)
      expect([...somebody.jar.keys()]).toEqual(['espalier_visitor', name])
      await settle(setting)
      // Settings reach every process within a second.
      const kept = async () => {
        await somebody.visit(url)
        return somebody.jar.size
      }
      await expect.poll(kept).toBe(0)
      expect((await browser().visit(url)).setCookies).toEqual([])
    },
  )
})

test('over HTTPS the cookie travels over HTTPS alone', async () => {
  const secure = await servedKernel([tracking, experiments, landingPages], { publicUrl: 'https://espalier.test' })
  const context = secure.kernel.contexts.workspace(await secure.createWorkspace(), { type: 'system', name: 'test' })
  const pages = secure.kernel.service(landingPages)
  const { id } = await secure.kernel.service(experiments).create(context, {
    key: 'headline',
    name: 'E',
    goal: 'signup',
    variants: allBold,
  })
  const contentOf = (title: string) => ({ root: { props: { title } }, content: [] })
  const page = await pages.create(context, {
    slug: 'offer',
    title: 'Offer',
    experimentId: id,
    variants: allBold.map(({ key }) => ({ key, content: contentOf(key) })),
  })
  await pages.publish(context, page.id)
  await secure.kernel.service(experiments).start(context, id)
  const { setCookies } = await browsers(secure)().visit(await pages.address(context, 'offer'))
  expect(setCookies.map((cookie) => cookie.split('; ').at(-1))).toEqual(['Secure', 'Secure'])
})
