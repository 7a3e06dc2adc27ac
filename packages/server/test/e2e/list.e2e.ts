import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LongList, startLongList, writeMessages } from './longList.ts'
import { hasChromium } from './product.ts'
import { scrollThrough } from './scrollThrough.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** As many as a list has to hold. */
const total = 100_000

/** The list that all pages are made with, over 100,000 messages of the outbox in a real browser. */
describe.skipIf(!hasChromium)('a list of 100,000 rows', () => {
  let list: LongList
  let database: LongList['database']
  let page: Page

  beforeAll(async () => {
    list = await startLongList(total)
    database = list.database
    page = await list.context.newPage()
    page.setDefaultTimeout(60_000)
  })

  afterAll(() => list?.stop())

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read)
  const grid = () => page.getByRole('grid', { name: 'Messages' })
  const row = (index: number) => grid().locator(`[data-index="${index}"]`)
  const subjectOf = (index: number) => row(index).getByRole('link').innerText()
  const chosen = () => page.getByRole('toolbar').getByRole('status').innerText()
  const address = () => new URL(page.url())

  async function open(path: string): Promise<void> {
    await page.goto(`${list.product.url}/admin/${path}`)
    await grid().waitFor()
    await row(0).getByRole('link').waitFor()
  }

  test('says how many there are, and is scrolled through to the last in order; what is selected stays so', async () => {
    await open('mail')
    await page.getByText('100,000 rows').waitFor()
    expect(await grid().getAttribute('aria-rowcount')).toBe('100001')
    await row(0).getByRole('checkbox').check()
    await row(2).getByRole('checkbox').check()
    expect(await chosen()).toBe('2 selected')

    const first = await page.evaluate(scrollThrough, { from: 0, to: 10_000, patience: 120 })
    const heapThen = await heap()
    const rest = await page.evaluate(scrollThrough, { from: 10_000, to: total, patience: 420 })
    const grown = (await heap()) - heapThen
    // Figures for people: what else this machine does decides over them. `npm run bench -- lists` has those that count.
    console.log(
      `Scrolled through ${total} rows in ${Math.round(first.seconds + rest.seconds)} s; ${first.longTasks + rest.longTasks} tasks over 50 ms, the longest ${Math.round(Math.max(first.longest, rest.longest))} ms; the last 90,000 rows left ${grown.toFixed(1)} MB behind`,
    )
    expect(first).toMatchObject({ rows: 10_000, wrong: 0 })
    expect(rest).toMatchObject({ rows: 90_000, wrong: 0 })
    // Rows that nobody looks at are not there, neither in the document nor anywhere else: as objects they take 90 MB.
    expect(Math.max(first.drawn, rest.drawn)).toBeLessThan(80)
    expect(grown).toBeLessThan(20)
    expect(await chosen()).toBe('2 selected')
    await row(total - 1).focus()
    await page.keyboard.press('Home')
    await soon(() => subjectOf(0)).toBe('Message number 1')
    expect(await row(0).getAttribute('aria-selected')).toBe('true')
    expect(await row(1).getAttribute('aria-selected')).toBe('false')
    expect(await row(2).getAttribute('aria-selected')).toBe('true')
  }, 600_000)

  test('the End key leads to the last row at once, and the list is read towards the top from there', async () => {
    await open('mail')
    await row(0).focus()
    let asked = 0
    const count = (request: Request) => {
      if (request.url().endsWith('/graphql')) asked++
    }
    page.on('request', count)
    await page.keyboard.press('End')
    await soon(active).toBe(String(total - 1))
    await soon(() => subjectOf(total - 1)).toBe(`Message number ${total}`)
    await page.keyboard.press('ArrowUp')
    await soon(active).toBe(String(total - 2))
    await page.keyboard.press('PageUp')
    await soon(async () => Number(await active()) < total - 8).toBe(true)
    // Not by way of the 1,000 pages that lie before it.
    expect(asked).toBeLessThan(30)
    page.off('request', count)
    const up = await page.evaluate(scrollThrough, { from: total - 450, to: total, patience: 60 })
    expect(up).toMatchObject({ rows: 450, wrong: 0 })
    // The focus stays where it was while one scrolls.
    expect(Number(await active())).toBeGreaterThan(total - 40)
    await page.keyboard.press('Home')
    await soon(active).toBe('0')
    expect(await subjectOf(0)).toBe('Message number 1')

    await page.keyboard.press('End')
    await soon(active).toBe(String(total - 1))
    await soon(() => subjectOf(total - 1)).toBe(`Message number ${total}`)
    // Another order, and the key while its first page is still on its way.
    await grid().getByRole('button', { name: 'Queued' }).click()
    await row(0).focus()
    await page.keyboard.press('End')
    await soon(() => subjectOf(total - 1)).toBe('Message number 1')
    await soon(active).toBe(String(total - 1))
  })

  test('is walked, selected and opened with the keyboard alone', async () => {
    await open('mail')
    // One stop for the Tab key: the row that was last active.
    expect(await grid().locator('[role="row"][tabindex="0"]').count()).toBe(1)
    await row(0).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await soon(active).toBe('2')
    await page.keyboard.press('Space')
    await soon(chosen).toBe('1 selected')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await soon(chosen).toBe('3 selected')
    await page.keyboard.press('PageDown')
    await soon(async () => Number(await active()) > 8).toBe(true)
    await page.keyboard.press('Home')
    await soon(active).toBe('0')
    await page.keyboard.press('Escape')
    await soon(() => page.getByRole('toolbar').count()).toBe(0)
    await page.keyboard.press('/')
    await soon(() => page.evaluate<string>('document.activeElement.type')).toBe('search')
    await row(0).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Message number 2', exact: true }).waitFor()
    await page.goBack()
    await row(0).waitFor()
  })

  test('search, filters and order stand in the address, and say how they are taken away', async () => {
    await open('mail')
    await page.getByRole('searchbox', { name: 'Search address or subject' }).fill('number 4242')
    await soon(() => subjectOf(0)).toBe('Message number 4242')
    await page.getByText('11 rows').waitFor()
    expect(address().searchParams.get('q')).toBe('number 4242')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('button', { name: 'State', exact: true }).click()
    await page.getByRole('checkbox', { name: 'bounced' }).check()
    await page.keyboard.press('Escape')
    await page.getByText('1 row', { exact: true }).waitFor()
    // The address is all that it takes to be here again.
    await page.reload()
    await page.getByText('1 row', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Remove filter State: bounced' }).click()
    await page.getByText('11 rows').waitFor()

    await grid().getByRole('button', { name: 'Queued' }).click()
    const header = grid().getByRole('columnheader', { name: 'Queued' })
    await soon(() => header.getAttribute('aria-sort')).toBe('ascending')
    await soon(() => subjectOf(0)).toBe('Message number 42429')

    await page.getByRole('searchbox').fill('nobody has this')
    await page.getByText('Nothing matches').waitFor()
    await page.getByRole('button', { name: 'Clear search and filters' }).click()
    await page.getByText('100,000 rows').waitFor()
  })

  test('opens at any address: what cannot be counts as absent', async () => {
    const filter = { queued: ['2026-13-45', 'yesterday'], state: ['NO_SUCH_STATE'], nothing: ['at all'] }
    await open(`mail?sort=-NO_SUCH&view=none&q=%00&filter=${encodeURIComponent(JSON.stringify(filter))}`)
    await page.getByText('100,000 rows').waitFor()
    expect(await subjectOf(0)).toBe('Message number 1')
    await open(`mail?filter=${encodeURIComponent('{"state":')}`)
    await page.getByText('100,000 rows').waitFor()
  })

  test('columns are chosen and remembered; a view keeps all of it under a name', async () => {
    await open('mail')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'To', exact: true }).uncheck()
    await page.getByRole('button', { name: 'Move State forward' }).click()
    await page.keyboard.press('Escape')
    const headers = () => grid().getByRole('columnheader').allInnerTexts()
    const wanted = ['', 'Subject', 'State', 'Template', 'Queued']
    await soon(headers).toEqual(wanted)
    await page.reload()
    await soon(headers).toEqual(wanted)

    await page.getByRole('searchbox').fill('number 77')
    await page.getByText('1,111 rows').waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('Sevens')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Sevens' }).waitFor()
    // Another day, in another browser.
    await page.evaluate('localStorage.clear()')
    await open('mail')
    await soon(headers).toEqual(['', 'Subject', 'To', 'State', 'Template', 'Queued'])
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sevens', exact: true }).click()
    await page.getByText('1,111 rows').waitFor()
    await soon(headers).toEqual(wanted)
    await page.getByRole('button', { name: 'Sevens' }).click()
    await page.getByRole('button', { name: 'Delete view Sevens' }).click()
    await soon(() => page.getByRole('dialog').getByRole('button', { name: 'Sevens', exact: true }).count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.evaluate('localStorage.clear()')
  })

  test('rows that arrive do not push the others: they wait until one asks for them', async () => {
    await open('mail')
    await writeMessages(database, 3, 'Fresh message')
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
    const fresh = page.getByRole('button', { name: '3 new rows' })
    await fresh.waitFor()
    expect(await subjectOf(0)).toBe('Message number 1')
    await fresh.click()
    await soon(() => subjectOf(0)).toBe('Fresh message 1')
    await soon(() => subjectOf(3)).toBe('Message number 1')
    await page.getByText('100,003 rows').waitFor()
    await database.query(`delete from "MailMessage" where subject like 'Fresh message%'`)
  })

  test('where the network breaks in the middle, what is there stays, and one goes on from there', async () => {
    await open('mail')
    const scrolled = () => page.evaluate(`document.querySelector('.e-list-scroll').scrollTop = 1e6`)
    const broken = () => page.getByText('The rows that follow could not be loaded.').count()
    const later = (text: string | null) => /"after":"/.test(text ?? '')
    await page.route('**/graphql', (route) => (later(route.request().postData()) ? route.abort() : route.fallback()))
    await soon(() => scrolled().then(broken)).toBe(1)
    expect(await page.getByText('100,000 rows').count()).toBe(1)
    await page.unroute('**/graphql')
    // The client comes back by itself, or one asks for it.
    await soon(async () => {
      const again = grid().getByRole('button', { name: 'Try again' })
      if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => {})
      await scrolled()
      return broken()
    }).toBe(0)
  })

  test('all that match are acted upon, also those that were never seen; what it does not apply to is said', async () => {
    await page.goto(`${list.product.url}/admin/mail?q=${encodeURIComponent('number 12')}`)
    await page.getByText('1,111 rows').waitFor()
    await grid().getByRole('checkbox', { name: 'Select the rows that are loaded' }).click()
    await page.getByRole('button', { name: 'Select all 1,111 that match' }).click()
    await soon(chosen).toBe('1,111 selected')
    await page.getByRole('toolbar').getByRole('button', { name: 'Send again' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Send again' }).click()
    await page
      .getByRole('status')
      .filter({ hasText: /^Send again: \d+ of 1,111$/ })
      .waitFor()
    const left = () =>
      database
        .query(
          `select count(*)::int as count from "MailMessage" where subject like '%number 12%' and dispatch = 'refused'`,
        )
        .then(({ rows }) => Number(rows[0].count))
    await expect.poll(left, { timeout: 90_000 }).toBe(0)
    await page.getByText('952 left out: it does not apply to them').waitFor()
    await page.getByRole('button', { name: 'Close', exact: true }).last().click()
  })

  test('axe finds nothing in either theme; on a phone rows are cards, and nothing scrolls sideways', async () => {
    await open('mail')
    await row(1).getByRole('checkbox').check()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Colors of the other theme fade in.
      await soon(() => violations(page)).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('.e-list-cards').waitFor()
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390)
    await soon(() => violations(page)).toEqual([])
    await row(3).getByRole('link').click()
    await page.getByRole('heading', { name: 'Message number 4', exact: true }).waitFor()
  })

  /** Megabytes that are in use. */
  async function heap(): Promise<number> {
    const browser = await list.context.newCDPSession(page)
    await browser.send('HeapProfiler.collectGarbage')
    const { usedSize } = await browser.send('Runtime.getHeapUsage')
    await browser.detach()
    return usedSize / 1e6
  }

  const active = () => page.evaluate<string | undefined>('document.activeElement?.dataset.index')

  async function violations(of: Page): Promise<string[]> {
    await of.evaluate(axe)
    return of.evaluate<string[]>(
      `axe.run('main').then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`,
    )
  }
})
