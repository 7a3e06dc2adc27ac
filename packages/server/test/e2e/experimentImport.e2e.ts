import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const inWords = {
  en: {
    import: 'Import',
    title: 'Import from GrowthBook',
    choose: 'Choose a file',
    nothing: /holds no experiments, features or metrics/,
    planned: 'Will be made: 1 · Cannot be carried over: 1',
    start: 'Start what runs in GrowthBook',
    make: 'Import 1',
    done: 'The import is done.',
    made: 'Made: 1 · Cannot be carried over: 1',
    why: /It is true for everybody/,
    experiments: 'To the experiments',
    running: 'Running',
  },
  fr: {
    import: 'Importer',
    title: 'Importer de GrowthBook',
    choose: 'Choisir un fichier',
    nothing: /ne contient ni expériences/,
    planned: 'Sera créé : 1 · Ne peut être repris : 1',
    start: 'Démarrer ce qui court dans GrowthBook',
    make: 'Importer 1',
    done: 'L’import est terminé.',
    made: 'Créé : 1 · Ne peut être repris : 1',
    why: /Elle vaut true pour tout le monde/,
    experiments: 'Vers les expériences',
    running: 'En cours',
  },
}

describe.skipIf(!hasChromium)('an import from GrowthBook, in a browser', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let api: ApiClient

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    api = await signIn(product)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  test.each(['en', 'fr'] as const)(
    'is chosen, looked at, made and started, in “%s”',
    { timeout: 120_000 },
    async (language) => {
      const words = inWords[language]
      const page = await openAdmin(browser, product, { cookie: api.cookie, language, path: 'experiments' })
      await page.getByRole('link', { name: words.import, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: words.title }).waitFor()
      const choose = (file: object) =>
        page.getByLabel(words.choose).setInputFiles({
          name: `growthbook-${language}.json`,
          mimeType: 'application/json',
          buffer: Buffer.from(JSON.stringify(file)),
        })
      await choose({ nothing: true })
      await page.getByRole('alert').getByText(words.nothing).waitFor()
      expect(await violations(page)).toEqual([])

      const rules = [{ key: 'button-test', variations: ['old', 'new'], hashVersion: 2 }]
      // Another time it would be here already.
      const key = `button-${language}-${randomUUID().slice(0, 8)}`
      await choose({
        features: { [key]: { defaultValue: 'old', rules }, [`plain-${language}`]: { defaultValue: true } },
      })
      await page.getByRole('heading', { level: 1, name: `growthbook-${language}.json` }).waitFor()
      await page.getByText(words.planned).waitFor()
      // Why, in full, in the drawer of the row.
      await page.getByText(`plain-${language}`, { exact: true }).click()
      await page.getByRole('dialog').getByText(words.why).waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')

      await page.getByText(words.start).click()
      await page.getByRole('button', { name: words.make }).click()
      await page.getByText(words.done).waitFor()
      await page.getByText(words.made).waitFor()
      await page.getByRole('link', { name: words.experiments }).click()
      await page
        .getByRole('row', { name: new RegExp(key) })
        .getByText(words.running, { exact: true })
        .waitFor()
      await page.context().close()
    },
  )
})
