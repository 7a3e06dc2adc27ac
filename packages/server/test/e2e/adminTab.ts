import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Product } from './product.ts'

export const desktop = { width: 1280, height: 860 }
export const phone = { width: 390, height: 844 }

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * A tab with the admin in it.
 *
 * @param options.cookie of whoever is signed in; without it, the way to sign in is shown
 * @param options.path below /admin/
 */
export async function openAdmin(
  browser: Browser,
  { url }: Pick<Product, 'url'>,
  {
    cookie,
    language,
    path = '',
    ...options
  }: { cookie?: string; language: 'en' | 'fr'; path?: string } & BrowserContextOptions,
): Promise<Page> {
  // The policy of the app rightly refuses the script that looks at it.
  const context = await browser.newContext({ viewport: desktop, colorScheme: 'light', bypassCSP: true, ...options })
  if (cookie) await enter(context, url, cookie)
  // Previews are in frames that may keep nothing. Once: somebody may choose another one later.
  await context.addInitScript(
    `try { if (!localStorage.getItem('language')) localStorage.setItem('language', '${language}') } catch {}`,
  )
  const tab = await context.newPage()
  tab.setDefaultTimeout(60_000)
  await tab.goto(`${url}/admin/${path}`)
  return tab
}

/** Signs in: gives a browser the cookies of a session, as `signIn` of apiClient.ts has them. */
export async function enter(context: BrowserContext, url: string, cookie: string): Promise<void> {
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      return { name, value, url }
    }),
  )
}

/** Goes to a page as a link does, without loading the app again, and waits until it is there with all that it shows. */
export async function visit(tab: Page, path: string, address = path): Promise<void> {
  await tab.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/admin/${address}`)
  await tab.locator(`main[data-page="${path}"]`).waitFor()
  await settled(tab)
}

/** Waits until nothing of the page is loading. */
export async function settled(tab: Page): Promise<void> {
  await tab.locator('main h1').first().waitFor()
  await tab.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null)
  await tab.evaluate('document.fonts.ready')
}

/**
 * What axe finds wrong with the tab as it is now: "rule: element".
 *
 * @param options.overlay something is open over the page: the hidden buttons that close it for screen readers stand beside
 * it, and so outside of any landmark
 */
export async function violations(tab: Page, { overlay = false } = {}): Promise<string[]> {
  await tab.evaluate(axe)
  // A color on its way to another one is neither.
  await tab.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  )
  return tab.evaluate(async (overlay) => {
    const { axe } = globalThis as unknown as {
      axe: { run(where: object, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    // What was read out a moment ago stands by its label, which may be gone by now.
    const where = { exclude: [['[data-live-announcer]']] }
    const { violations } = await axe.run(where, {
      resultTypes: ['violations'],
      rules: { region: { enabled: !overlay } },
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  }, overlay)
}
