import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './adminTab.ts'
import { hasChromium, launchBrowser } from './product.ts'

const root = join(import.meta.dirname, '../../../..')
const gallery = join(root, 'packages/admin-kit/test/gallery')

/** Every component of the kit in every state, under the content policy of the app. */
describe.skipIf(!hasChromium)('The components of the admin', () => {
  let folder: string
  let server: Server
  let url: string
  let browser: Browser

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'espalier-gallery-'))
    await promisify(execFile)(
      join(root, 'node_modules/.bin/vite'),
      ['build', gallery, '--config', join(gallery, 'vite.config.ts'), '--outDir', folder, '--logLevel', 'error'],
      { cwd: root },
    )
    server = serve(folder)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = (await launchBrowser()).browser
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Opens the gallery; what the browser complains about fails the test. */
  async function visit(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
    // axe is brought in by the test, which the policy rightly refuses.
    const context = await browser.newContext({ bypassCSP: true, ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    try {
      await page.goto(url)
      await page.getByRole('heading', { name: 'Gallery' }).waitFor()
      await use(page)
      expect(complaints).toEqual([])
    } finally {
      await context.close()
    }
  }

  test.each([
    ['light', 'en-US'],
    ['dark', 'fr-FR'],
  ] as const)('axe finds nothing in %s, %s, with menus, dialogs and pickers open too', async (colorScheme, locale) => {
    await visit({ colorScheme, locale, reducedMotion: 'reduce' }, async (page) => {
      expect(await violations(page)).toEqual([])
      for (const name of ['Menu', 'Dialog', 'Drawer', 'Ask', 'Conflict', /28/, 'Pear Fruit']) {
        await page.getByRole('button', { name }).click()
        await page.locator('[role=menu], [role=dialog], [role=alertdialog], [role=listbox]').first().waitFor()
        expect(await violations(page, { overlay: true }), String(name)).toEqual([])
        await page.keyboard.press('Escape')
        await expect.poll(() => page.locator('[role=menu], [role=dialog], [role=alertdialog]').count()).toBe(0)
      }
    })
  })

  test('nothing is wider than a phone', async () => {
    await visit({ viewport: { width: 390, height: 800 }, hasTouch: true }, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    })
  })

  test('letters keep their place when the typeface arrives', async () => {
    await visit({}, async (page) => {
      await page.evaluate('document.fonts.ready')
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            let sum = 0
            const observer = new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
            })
            observer.observe({ type: 'layout-shift', buffered: true })
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
          }),
      )
      expect(shift).toBeLessThan(0.05)
    })
  })

  test('a menu is walked by keyboard, and gives the focus back', async () => {
    await visit({}, async (page) => {
      const button = page.getByRole('button', { name: 'Menu', exact: true })
      await button.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: /Edit/ }).waitFor()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.getByText('deleted', { exact: true }).count()).toBe(1)
      await expect.poll(() => focused(page)).toBe('Menu')
    })
  })

  test('what takes something away is asked about, and is not one Enter away', async () => {
    await visit({}, async (page) => {
      await page.getByRole('button', { name: 'Ask' }).press('Enter')
      await page.getByRole('alertdialog', { name: 'Delete it?' }).waitFor()
      await page.keyboard.press('Enter')
      await page.getByText('declined').waitFor()
      await expect.poll(() => focused(page)).toBe('Ask')
      await page.getByRole('button', { name: 'Ask' }).press('Enter')
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText('confirmed').waitFor()
    })
  })

  test('a toast can be reached by F6 and taken back', async () => {
    await visit({}, async (page) => {
      await page.getByRole('button', { name: 'Toast with undo' }).press('Enter')
      await page.getByText('Three entries deleted').waitFor()
      await page.keyboard.press('F6')
      await page.keyboard.press('Tab')
      await expect.poll(() => focused(page)).toMatch(/Undo|Three entries deleted/)
      await page.getByRole('button', { name: 'Undo', exact: true }).press('Enter')
      await page.getByText('undone').waitFor()
      await expect.poll(() => page.getByText('Three entries deleted').count()).toBe(0)
    })
  })

  test('the theme is chosen, and kept', async () => {
    await visit({ colorScheme: 'light' }, async (page) => {
      const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
      const light = await ground()
      await page.getByRole('radio', { name: 'Dark' }).click()
      await expect.poll(ground).not.toBe(light)
      expect(await page.evaluate('localStorage.theme')).toBe('dark')
    })
  })

  test('numbers are written and read as the person does', async () => {
    await visit({ locale: 'fr-FR' }, async (page) => {
      const budget = page.getByRole('textbox', { name: 'Budget' })
      expect(await budget.inputValue()).toMatch(/^1\s234,5$/)
      await budget.fill('7,25')
      await budget.blur()
      // In steps of a half.
      expect(await budget.inputValue()).toBe('7,5')
    })
  })

  test('a period is chosen by keyboard', async () => {
    await visit({}, async (page) => {
      await page.getByRole('button', { name: 'Period Last 28 days' }).press('Enter')
      await page.getByRole('option', { name: 'Last 7 days' }).press('Enter')
      await page.getByRole('button', { name: 'Period Last 7 days' }).press('Enter')
      await page.getByRole('option', { name: 'Own dates' }).press('Enter')
      await page
        .getByRole('button', { name: /, .*November 1,|, .* 1, \d{4}/ })
        .first()
        .waitFor()
    })
  })

  describe('A form', () => {
    const name = (page: Page) => page.getByRole('textbox', { name: 'Name of the tree' })
    const message = (page: Page) =>
      page.evaluate(() => {
        const described = document.activeElement?.getAttribute('aria-describedby')?.split(' ') ?? []
        return described.map((id) => document.getElementById(id)?.textContent).join(' ')
      })

    test('is sent by Ctrl+Enter, and its values are taken', async () => {
      await visit({}, async (page) => {
        await name(page).fill('Quince')
        await page.keyboard.press('Control+Enter')
        await page.getByText('planted Quince').waitFor()
      })
    })

    test('says what it knows itself before it asks, and goes to the field', async () => {
      await visit({}, async (page) => {
        await name(page).fill('')
        await page.getByRole('button', { name: 'Plant', exact: true }).click()
        await expect.poll(() => message(page)).toBe('A tree has a name.')
        await name(page).fill('Q')
        await expect.poll(() => page.getByRole('alert').filter({ hasText: 'A tree has a name.' }).count()).toBe(0)
      })
    })

    test('puts what the server refuses at its fields, also within lists, and goes to the first', async () => {
      await visit({}, async (page) => {
        await page.getByRole('textbox', { name: 'Second weight' }).fill('101')
        await name(page).fill('two words')
        await page.keyboard.press('Control+Enter')
        await expect.poll(() => message(page)).toBe('A name has no spaces.')
        const summary = page.getByRole('alert').filter({ hasText: '2 things are not right yet' })
        await summary.getByRole('button', { name: 'At most 100.' }).press('Enter')
        await expect.poll(() => message(page)).toBe('At most 100.')
        expect(await page.getByRole('textbox', { name: 'Second weight' }).getAttribute('aria-invalid')).toBe('true')
      })
    })

    test('shows what is about none of its fields above them', async () => {
      await visit({}, async (page) => {
        await name(page).fill('elsewhere')
        await page.keyboard.press('Control+Enter')
        await page.getByRole('alert').filter({ hasText: 'The garden is full.' }).waitFor()
      })
    })

    test('of which somebody saved another version meanwhile lets one choose field by field', async () => {
      await visit({}, async (page) => {
        await page.getByRole('textbox', { name: 'First weight' }).fill('5')
        await name(page).fill('taken')
        await page.keyboard.press('Control+Enter')
        const dialog = page.getByRole('dialog', { name: 'Ada saved this meanwhile' })
        await dialog.getByText(/^Saved .*2026/).waitFor()
        await dialog.getByRole('button', { name: 'Overwrite with mine' }).waitFor()
        await dialog
          .getByRole('group', { name: 'Name' })
          .getByRole('radio', { name: /Theirs/ })
          .check()
        await dialog.getByRole('button', { name: 'Save like this' }).click()
        await page.getByText('merged {"name":"Apple","variants":[{"weight":5},{"weight":2}]}').waitFor()
      })
    })
  })
})

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '')
}

function serve(folder: string): Server {
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.woff2': 'font/woff2',
  }
  return createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://gallery').pathname
    if (path === '/favicon.ico') return void response.writeHead(204).end()
    try {
      const file = join(folder, path === '/' ? 'index.html' : path)
      const body = await readFile(file)
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
}
