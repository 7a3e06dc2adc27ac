import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(!hasChromium)('an invitation', () => {
  let folder: string
  let product: Product
  let browser: Browser

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  async function invite(email: string): Promise<string> {
    const owner = await signIn(product)
    const { inviteMember } = await owner.ask<{ inviteMember: { data: { link: string } } }>(
      'mutation ($email: String!) { inviteMember(input: { email: $email, role: EDITOR }) { ... on InviteMemberSuccess { data { link } } } }',
      { email },
    )
    return inviteMember.data.link
  }

  test('makes a new person a member, by its link alone; then the link is used up', async () => {
    const link = await invite('grace@example.com')
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(link)
    await page.getByText('You are invited to “Demo” as editor.').waitFor()
    await page.addScriptTag({ content: axe }).catch(() => page.evaluate(axe))
    expect(await page.evaluate<number>('axe.run().then((result) => result.violations.length)')).toBe(0)
    await page.getByLabel('Your name').fill('Grace')
    await page.getByLabel('Choose a password').fill('a ship in harbor')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: 'Hello, Grace' }).waitFor()
    expect(page.url()).toBe(`${product.url}/admin/`)
    expect(await page.getByText('(editor)').isVisible()).toBe(true)

    await page.goto(link)
    await page.getByRole('alert').getByText('stands for no invitation any more').waitFor()
    await context.close()
  })

  test('in French, with a link that nobody made', async () => {
    const context = await browser.newContext({ locale: 'fr-FR' })
    const page = await context.newPage()
    await page.goto(`${product.url}/invitation?token=forged`)
    await page.getByRole('alert').getByText('ne correspond plus à aucune invitation').waitFor()
    await context.close()
  })
})
