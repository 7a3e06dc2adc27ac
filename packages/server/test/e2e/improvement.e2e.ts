import { join } from 'node:path'
import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { seededRandom } from '@espalier/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { type ApiClient, signIn, type Watcher } from './apiClient.ts'
import { act, billed, pearsUnder, publishPage, rewritten, type Turn, takeTurn } from './improvingPage.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const reportImage = join(import.meta.dirname, '../../../../docs/images/daily-report.png')

const original = 'Pears from the garden'
const winning = 'Fresh pears for dinner, picked this morning'
const losing = 'Fruit'

/** Of those who see a headline, how many order: the original's, one that is much better, one that hardly anybody takes. */
const rates: Record<string, number> = { [winning]: 0.5, [losing]: 0.01 }

const limits = {
  variantsPerRun: 2,
  newArmShare: 0.1,
  minDetectableLift: 0.5,
  horizonDays: 180,
  forbiddenWords: ['cheap'],
}

interface Arm {
  readonly key: string
  readonly weight: number
  readonly ceiling: number
  readonly retiredAt: string | null
}

describe('a page that improves itself, on a running product', () => {
  let folder: string
  let product: Product
  let api: ApiClient
  let stub: StubModelServer
  let notifications: Watcher<{ notificationsChanged: { unread: number; latest: { title: string } | null } }>
  let pageId: string
  const random = seededRandom(11)
  const bill: number[] = []

  beforeAll(async () => {
    ;[folder, stub] = await Promise.all([newDataFolder(), stubModelServer({ apiKey: 'sk-of-the-test' })])
    // Visitors come from addresses of their own, through a proxy.
    product = await startProduct({ dataFolder: folder, env: { TRUSTED_PROXIES: '1' } })
    api = await signIn(product)
    notifications = api.watch('subscription { notificationsChanged { unread latest { title } } }')
  })

  afterAll(async () => {
    await notifications?.close()
    await product?.stop()
    await stub?.close()
    if (folder) await removeDataFolder(folder)
  })

  /** Sends visitors, some at a time. */
  async function visitors(slug: string, many: number): Promise<void> {
    const waiting = Array.from({ length: many }, (_, index) => index).values()
    const address = () => `198.51.${100 + Math.floor(random.next() * 100)}.${Math.floor(random.next() * 255)}`
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const _ of waiting)
          await simulateVisitor(new URL(`/p/demo/${slug}`, product.url), random, {
            rateOf: (headline) => rates[headline] ?? 0.2,
            headers: { 'x-forwarded-for': address() },
          })
      }),
    )
  }

  const improve = (id: string) =>
    act(
      api,
      'setPageImprovement',
      {
        pageId: ['ID!', id],
        mode: ['PageLoopMode!', 'AUTOMATIC'],
        limits: ['PageLoopLimitsInput', limits],
      },
      'id',
    )

  async function loopOf(id: string) {
    const { node } = await api.ask<{
      node: {
        variants: { key: string; status: string }[]
        loop: {
          generator: string
          experiment: { variants: Arm[] }
          record: { variantKey: string; rate: number } | null
          earned: object | null
        }
      }
    }>(
      `query($id: ID!) { node(id: $id) { ... on Page { variants { key status }
        loop { generator experiment { variants { key weight ceiling retiredAt } } record { variantKey rate } earned { __typename } } } } }`,
      { id },
    )
    return node
  }

  const told = async () => {
    const { notifications } = await api.ask<{ notifications: { nodes: { kind: string; title: string }[] } }>(
      '{ notifications(first: 100) { nodes { kind title } } }',
    )
    return notifications.nodes
  }

  test('without a key, new versions are made of what the page’s versions say', async () => {
    const id = await publishPage(
      api,
      { slug: 'plums', title: 'Plums' },
      {
        control: pearsUnder('Plums from the garden'),
        bold: pearsUnder('Ripe plums tonight', 'Get my plums'),
      },
    )
    await improve(id)
    await visitors('plums', 200)
    const { status, candidates, failure } = await takeTurn(api, id, 'GENERATION')
    expect({ status, failure }).toEqual({ status: 'DONE', failure: null })
    expect(candidates.length).toBeGreaterThan(0)
    expect(candidates.every(({ generator }) => generator === 'RECOMBINED')).toBe(true)
    expect(candidates.find(({ status }) => status === 'ACCEPTED')?.variant?.key).toBe('auto-1')
    expect((await loopOf(id)).loop.generator).toBe('RECOMBINED')
    expect(stub.requests).toHaveLength(0)
  })

  test('with a model, what it writes is checked, and what is good enough comes in with a small share', async () => {
    await act(api, 'setAiKey', { input: ['SetAiKeyInput!', { baseUrl: stub.baseUrl, key: 'sk-of-the-test' }] }, 'model')
    // A good one, one with a forbidden word, one that is there already, one that nobody will like.
    const headlines = [winning, 'Cheap pears', undefined, losing]
    stub.script((request) => {
      const answer = rewritten(request, headlines[stub.paid.length] ?? `Pears ${'I'.repeat(stub.paid.length)}`)
      if (stub.paid.length === 2) answer.content = pearsUnder(original)
      bill.push(billed(request, answer))
      return { json: answer }
    })
    pageId = await publishPage(
      api,
      { slug: 'orchard', title: 'Orchard' },
      {
        control: pearsUnder(original),
        bold: pearsUnder('Pears, and nothing else', 'Get my pears'),
      },
    )
    await improve(pageId)
    await visitors('orchard', 300)
    const { status, failure, candidates } = await takeTurn(api, pageId, 'GENERATION')
    expect({ status, failure }).toEqual({ status: 'DONE', failure: null })
    const brief = candidates.map(({ number, generator, status, reasons, variant }) => ({
      number,
      generator,
      status,
      codes: reasons.map(({ code }) => code),
      key: variant?.key,
    }))
    expect(brief).toEqual([
      { number: 1, generator: 'MODEL', status: 'ACCEPTED', codes: [], key: 'auto-1' },
      { number: 2, generator: 'MODEL', status: 'REFUSED', codes: ['WORD_FORBIDDEN'], key: undefined },
      { number: 3, generator: 'MODEL', status: 'REFUSED', codes: ['DUPLICATE'], key: undefined },
      { number: 4, generator: 'MODEL', status: 'ACCEPTED', codes: [], key: 'auto-2' },
    ])
    const { loop } = await loopOf(pageId)
    const shares = loop.experiment.variants.reduce((sum, { weight }) => sum + weight, 0)
    for (const key of ['auto-1', 'auto-2']) {
      const arm = loop.experiment.variants.find((arm) => arm.key === key) as Arm
      expect(arm).toMatchObject({ ceiling: 0.1, retiredAt: null })
      // The second takes its share of what the first has, too.
      expect(arm.weight / shares).toBeGreaterThan(0.085)
      expect(arm.weight / shares).toBeLessThan(0.105)
    }
    // Its sister on the other page has been told of before.
    await notifications.until(
      ({ notificationsChanged: { latest } }) => latest?.title === 'New variant of “Orchard”: auto-2',
    )
  })

  test('what does better gets more of the visitors and sets a record; what does worse is switched off', async () => {
    const steps: Turn['steps'][number][] = []
    const happened = (kind: string, key: string) =>
      steps.some((step) => step.kind === kind && step.variantKey === key && step.status === 'done')
    const isOver = () =>
      happened('promotion', 'auto-1') && happened('retirement', 'auto-2') && happened('record', 'auto-1')
    let came = 300
    while (!isOver() && came < 10_000) {
      await visitors('orchard', 600)
      came += 600
      const turn = await takeTurn(api, pageId, 'ANALYSIS')
      expect(turn).toMatchObject({ status: 'DONE', failure: null })
      steps.push(...turn.steps)
    }
    console.log(
      `After ${came} visitors: ${steps
        .filter(({ variantKey }) => variantKey)
        .map(({ summary }) => summary)
        .join(' ')}`,
    )
    expect(isOver(), JSON.stringify(steps, null, 1)).toBe(true)
    const { variants, loop } = await loopOf(pageId)
    expect(variants.find(({ key }) => key === 'auto-2')).toBeUndefined()
    expect(loop.experiment.variants.find(({ key }) => key === 'auto-2')?.retiredAt).not.toBeNull()
    expect(loop.experiment.variants.find(({ key }) => key === 'auto-1')?.ceiling).toBeGreaterThan(0.1)
    expect(loop.record?.variantKey).toBe('auto-1')
    expect(loop.record?.rate).toBeGreaterThan(0.4)
    expect(loop.earned).not.toBeNull()
    await expect
      .poll(async () => (await told()).map(({ title }) => title))
      .toEqual(
        expect.arrayContaining([
          'A variant of “Orchard” was switched off: auto-2',
          'A record on “Orchard”: auto-1',
          'New variant of “Orchard”: auto-1',
        ]),
      )
    const shown = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${product.url}/p/demo/orchard`).then((page) => page.text())),
    )
    expect(shown.filter((html) => html.includes(`<h1>${losing}</h1>`))).toEqual([])
  }, 240_000)

  test('every cost is accounted for, to the millionth of a dollar', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const { aiCalls, aiSpending, costs } = await api.ask<{
      aiCalls: { totalCount: number; nodes: { status: string; costMicros: number }[] }
      aiSpending: { budgets: { purpose: string; spentMicros: number; reservedMicros: number; calls: number }[] }
      costs: { totalMicros: number; days: { kind: string; purpose: string; count: number; costMicros: number }[] }
    }>(
      `query($today: Date!) { aiCalls(first: 100) { nodes { status costMicros } }
        aiSpending { budgets { purpose spentMicros reservedMicros calls } }
        costs(from: $today, to: $today) { totalMicros days { kind purpose count costMicros } } }`,
      { today },
    )
    const total = bill.reduce((sum, micros) => sum + micros, 0)
    expect(bill).toHaveLength(4)
    expect(stub.paid).toHaveLength(4)
    expect(aiCalls.nodes.map(({ status }) => status)).toEqual(Array(4).fill('SUCCEEDED'))
    expect(aiCalls.nodes.map(({ costMicros }) => costMicros).toReversed()).toEqual(bill)
    expect(aiSpending.budgets[0]).toEqual({ purpose: '', spentMicros: total, reservedMicros: 0, calls: 4 })
    expect(aiSpending.budgets.slice(1).reduce((sum, { spentMicros }) => sum + spentMicros, 0)).toBe(total)
    const models = costs.days.filter(({ kind }) => kind === 'models')
    expect(models.reduce((sum, { costMicros }) => sum + costMicros, 0)).toBe(total)
    expect(models.reduce((sum, { count }) => sum + count, 0)).toBe(4)
    expect(costs.totalMicros).toBe(costs.days.reduce((sum, { costMicros }) => sum + costMicros, 0))
    console.log(`4 calls cost ${total} millionths of a dollar: bill, calls, spending and costs agree.`)
  })

  test.skipIf(!hasChromium)('the next day a report lands in the outbox, and says all of it', async () => {
    await notifications.close()
    await product.stop()
    product = await startProduct({
      dataFolder: folder,
      env: {
        TRUSTED_PROXIES: '1',
        NODE_OPTIONS: `--import=${join(import.meta.dirname, 'clockAhead.ts')}`,
        CLOCK_AHEAD_MS: '86400000',
      },
    })
    api = await signIn(product)
    await act(api, 'sendDailyReport', {}, '')
    const report = async () =>
      (
        await api.ask<{
          mailMessages: { nodes: { state: string; transport: string; subject: string; html: string; text: string }[] }
        }>(
          `{ mailMessages(first: 1, filter: { template: { equals: "operations.daily-report" } }) { nodes { state transport subject html text } } }`,
        )
      ).mailMessages.nodes[0]
    await expect.poll(async () => (await report())?.state).toBe('SENT')
    const mail = (await report()) as NonNullable<Awaited<ReturnType<typeof report>>>
    expect(mail).toMatchObject({ transport: 'outbox', subject: expect.stringMatching(/^Demo, /) })
    const said = mail.text.replace(/\s+/g, ' ')
    expect(said).toContain('A record on “Orchard”: auto-1')
    expect(said).toContain('A variant of “Orchard” was switched off: auto-2')
    expect(said).toMatch(/Calls of models: .*\(4\)/)
    expect(said).toMatch(/Conversions: \d/)
    expect(said).not.toContain('Nothing happened')

    const { browser } = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 760, height: 900 }, colorScheme: 'light' })
    await page.setContent(mail.html, { waitUntil: 'load' })
    expect(await page.getByText('A record on “Orchard”: auto-1').isVisible()).toBe(true)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(760)
    // What the documentation shows is taken on purpose, not by every run.
    await page.screenshot({ fullPage: true, ...(process.env.DOCS_IMAGES && { path: reportImage }) })
    await browser.close()
  })
})
