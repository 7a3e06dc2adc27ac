import ai from '@espalier/ai'
import { stubModelServer } from '@espalier/ai/testing'
import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { contentOf, improving } from './improving.ts'
import { useModel, withHeadline } from './modelWriting.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, ai, prompts, landingPages], { clock: time })
const client = await served.signIn()
const stub = await stubModelServer()
afterAll(() => stub.close())
const world = improving(served, client)
const { page, improve, visitors, turn, shown } = world
const day = 86_400_000

/** A page under an automatic loop whose visitors have come for some days. */
async function grown(variantsPerRun = 1) {
  const { id, uuid } = await page()
  const { loop } = await improve(id, 'AUTOMATIC', { variantsPerRun })
  const experimentId = loop.experiment?.id as string
  for (let days = 0; days < 3; days++) {
    await visitors(experimentId, 1_500, (key) => (key === 'bold' ? 0.2 : 0.1))
    time.advance(day)
  }
  return { id, uuid, experimentId, loop }
}

async function set(value: object, plugin = 'landing-pages') {
  await world.act('updatePluginSettings', { plugin: ['String!', plugin], value: ['JSON!', value] }, '__typename')
  // Settings are known for a second.
  time.advance(2_000)
}

beforeEach(async () => {
  // After faults nothing is asked for a while.
  time.advance(3_600_000)
  await useModel(served, client, stub)
  stub.script((request) => withHeadline(request, `Pears by dinner, take ${'I'.repeat(stub.paid.length + 1)}`))
})

describe('with a model set up', () => {
  test('new versions are written by it from the best one, and shown with it as their parent', async () => {
    const { id, loop } = await grown(2)
    expect(loop.generator).toBe('MODEL')
    const before = stub.paid.length
    const { status, candidates, steps } = await turn(id, 'GENERATION')
    expect(status).toBe('DONE')
    expect(
      candidates.map(({ generator, status, parent, variant }) => [generator, status, parent?.key, variant?.key]),
    ).toEqual([
      ['MODEL', 'ACCEPTED', 'bold', 'auto-1'],
      ['MODEL', 'ACCEPTED', 'bold', 'auto-2'],
    ])
    expect(stub.paid.length - before).toBe(2)
    // The second was told what the first set out to do.
    expect(stub.paid.at(-1)?.messages.at(-1)?.content).toContain(candidates[0]?.rationale)
    const variants = await shown(id)
    expect(variants.at(-1)).toMatchObject({ key: 'auto-2', status: 'ACTIVE', parent: { key: 'bold' } })
    expect(JSON.stringify(variants.at(-1)?.published)).toContain('Pears by dinner')
    const brief = steps.find(({ kind }) => kind === 'brief')
    expect(brief?.evidence).toMatchObject({ generator: 'model', page: { goal: 'order', language: 'en' } })
  })

  test('what it writes is held to the rules, and kept with the reasons where it breaks one', async () => {
    await set({ forbiddenClaims: ['heals colds'] })
    const titles = ['Our pears heals colds', '97 % come back', 'Honest pears']
    let next = 0
    stub.script((request) => withHeadline(request, titles[next++] as string))
    const { id } = await grown(1)
    const { candidates } = await turn(id, 'GENERATION')
    expect(candidates.map(({ status, reasons }) => [status, reasons.map(({ code }) => code)])).toEqual([
      ['REFUSED', ['CLAIM_FORBIDDEN']],
      ['REFUSED', ['FIGURE_UNKNOWN']],
      ['ACCEPTED', []],
    ])
    expect(await shown(id)).toHaveLength(3)
    await set({ forbiddenClaims: [] })
  })

  test('a version that pages cannot have is repaired once', async () => {
    let asked = 0
    stub.script((request) => {
      if (asked++ === 0) return withHeadline(request, '')
      return { json: { rationale: 'Mended.', content: contentOf('Pears, mended') } }
    })
    const { id } = await grown(1)
    const { candidates } = await turn(id, 'GENERATION')
    expect(candidates).toMatchObject([{ status: 'ACCEPTED', rationale: 'Mended.' }])
  })

  test.each([
    ['refuses', () => stub.script(() => ({ refusal: 'I will not.' })), 'refused to answer'],
    ['answers nonsense', () => stub.script(() => 'pears!'), 'cannot be used'],
    ['is not let in', () => stub.fail({ kind: 'status', status: 401 }), 'does not take the request'],
  ])('where it %s, the version is recombined, and says so', async (_what, go, words) => {
    const { id } = await grown(1)
    go()
    const { candidates, steps } = await turn(id, 'GENERATION')
    expect(candidates.at(-1)).toMatchObject({ generator: 'RECOMBINED', status: 'ACCEPTED' })
    expect(steps.find(({ kind }) => kind === 'candidate')?.summary).toContain(words)
  })

  test('a budget that is spent stops the calls and not the loop', async () => {
    await set({ purposeBudgets: { 'landing-pages.write-variant': 0 } }, 'ai')
    const before = stub.requests.length
    const { id } = await grown(1)
    const { candidates, steps } = await turn(id, 'GENERATION')
    expect(candidates.at(-1)).toMatchObject({ generator: 'RECOMBINED', status: 'ACCEPTED' })
    expect(steps.find(({ kind }) => kind === 'candidate')?.summary).toContain('The budget for')
    expect(stub.requests.length).toBe(before)
    await set({ purposeBudgets: {} }, 'ai')
  })

  test('a French page is written in French, and what comes in English is refused', async () => {
    const french = {
      root: { props: { title: 'Poires du jardin' } },
      content: [
        {
          type: 'Hero',
          props: { id: 'hero', title: 'Poires du jardin', subtitle: 'Cueillies le matin, chez vous pour le dîner.' },
        },
        {
          type: 'Text',
          props: {
            id: 'about',
            text: 'Nos poires poussent en espalier le long du mur du jardin, et nous les cueillons pour vous.',
          },
        },
        {
          type: 'CallToAction',
          props: { id: 'buy', heading: 'Une caisse', label: 'Commander', href: '/order', goal: 'order' },
        },
      ],
    }
    const { id } = await page({ control: french }, { language: 'fr' })
    await improve(id, 'AUTOMATIC', { variantsPerRun: 1, minDetectableLift: 2, horizonDays: 180 })
    await seen(id, 400, 40)
    const texts = [
      'The pears that you and your family have waited for are in the garden, and they are for you',
      'Des poires cueillies ce matin, pour votre dîner',
    ]
    let next = 0
    stub.script((request) =>
      withHeadline(request, texts[next++] as string, ({ content }) => {
        const about = content.find(({ type }) => type === 'Text')
        if (next === 1 && about)
          about.props.text = 'We have the pears that you want, and all of them are from our garden.'
      }),
    )
    const { candidates } = await turn(id, 'GENERATION')
    expect(stub.paid.at(-1)?.messages[0]?.content).toContain('pages d’atterrissage')
    expect(candidates.map(({ status, reasons }) => [status, ...reasons.map(({ code }) => code)])).toEqual([
      ['REFUSED', 'LANGUAGE_WRONG'],
      ['ACCEPTED'],
    ])
    // Its experiment began with the first version beside the original.
    expect(await world.arms(id)).toEqual({
      control: [expect.closeTo(0.95, 2), 1],
      'auto-1': [expect.closeTo(0.05, 2), 0.05],
    })
    const last = (await shown(id)).at(-1)
    expect(last?.key).toBe('auto-1')
  })

  test('a page in a third language is written in that, and a prompt that somebody has archived stops no turn', async () => {
    const { id } = await page(undefined, { language: 'de-AT' })
    const { loop } = await improve(id, 'AUTOMATIC', { variantsPerRun: 1, minDetectableLift: 2, horizonDays: 180 })
    await visitors(loop.experiment?.id as string, 600, () => 0.15)
    time.advance(day)
    await turn(id, 'GENERATION')
    expect(stub.paid.at(-1)?.messages.at(-1)?.content).toMatch(/of the page below, in .*Austrian German/)
    const before = stub.paid.length
    const set = (now: string, to: string) =>
      world.context().db.query(sql`
        update "PromptVariant" set "status" = ${to}::"PromptVariantStatus" where "status" = ${now}::"PromptVariantStatus"`)
    await set('active', 'retired')
    const { status, candidates, steps } = await turn(id, 'GENERATION')
    await set('retired', 'active')
    expect(status).toBe('DONE')
    expect(candidates.map(({ generator }) => generator)).toContain('RECOMBINED')
    expect(steps.find(({ kind }) => kind === 'candidate')?.summary).toContain('cannot be used')
    expect(stub.paid).toHaveLength(before)
  })

  test('the prompt learns what became of what it wrote', async () => {
    const { id, experimentId } = await grown(1)
    await turn(id, 'GENERATION')
    for (let days = 0; days < 2; days++) {
      await visitors(experimentId, 12_000, (key) => (key === 'auto-1' ? 0.4 : 0.1))
      time.advance(day)
    }
    await turn(id, 'ANALYSIS')
    await visitors(experimentId, 5_000, (key) => (key === 'auto-1' ? 0.4 : 0.1))
    await turn(id, 'ANALYSIS')
    const scores = await world.context().db.query(sql`
      select s."source", s."metric", s."value" from "PromptScore" s
      join "PageCandidate" c on c."workspaceId" = s."workspaceId" and c."promptExecutionId" = s."executionId"
      join "PageVariant" v on v."workspaceId" = c."workspaceId" and v."id" = c."variantId"
      join "Page" p on p."workspaceId" = v."workspaceId" and p."id" = v."pageId"
      where s."source" = 'outcome' and c."pageId" = ${Buffer.from(id, 'base64').toString().split(':')[1]}`)
    expect(scores).toEqual([{ source: 'outcome', metric: 'quality', value: expect.closeTo(1, 2) }])
  })
})

/** Visitors of a page without an experiment, as its tracker tells them. */
async function seen(pageId: string, many: number, orders: number): Promise<void> {
  const service = served.kernel.service(tracking)
  const context = world.context()
  const site = await service.sites.ensure(context, 'Landing pages')
  const [, uuid = ''] = Buffer.from(pageId, 'base64').toString().split(':')
  const events = Array.from({ length: many }, (_, index) => {
    const visitorId = crypto.randomUUID()
    const common = { siteId: site.id, visitorId, pageId: uuid }
    return [
      { ...common, name: 'pageview' },
      ...(index < orders ? [{ ...common, name: 'conversion', goal: 'order' }] : []),
    ]
  }).flat()
  await service.record(context, events as never)
}
