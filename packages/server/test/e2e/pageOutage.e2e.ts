import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@espalier/core/server'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const chrome = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36' }

describe('the product, when its PostgreSQL stops', () => {
  let folder: string
  let product: Product
  let postgres: EmbeddedPostgres

  const visit = () => fetch(`${product.url}/p/demo/welcome`, { headers: chrome })
  beforeAll(async () => {
    folder = await newDataFolder()
    // One of its own, for the product would not let anybody start the embedded one again.
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
    product = await startProduct({ dataFolder: join(folder, 'data'), env: { DATABASE_URL: postgres.url } })
    expect((await visit()).status).toBe(200)
    await postgres.stop()
  })
  afterAll(async () => {
    await product?.stop()
    await postgres?.stop()
    await removeDataFolder(folder)
  })

  test('goes on to serve the page that was published last, tracker included', async () => {
    await vi.waitFor(async () => expect((await fetch(`${product.url}/readyz`)).status).toBe(503), { timeout: 60_000 })
    const until = Date.now() + 3_000
    let served = 0
    // Longer than an answer may be old: each of these asks a database that is not there.
    while (Date.now() < until) {
      const response = await visit()
      expect(response.status).toBe(200)
      expect(await response.text()).toMatch(/<h1>.*espalier-context|espalier-context.*<h1>/s)
      served++
      // As visitors come, and no faster than one address may.
      await setTimeout(20)
    }
    console.log(`${served} visits were served within 3 s while PostgreSQL was gone.`)
    expect((await fetch(`${product.url}/p/demo/unseen`, { headers: chrome })).status).toBe(503)
  })

  test('is whole again as soon as PostgreSQL is, without a restart', async () => {
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
    await vi.waitFor(
      async () => expect((await fetch(`${product.url}/p/demo/unseen`, { headers: chrome })).status).toBe(404),
      { timeout: 60_000 },
    )
    expect((await visit()).status).toBe(200)
    expect((await fetch(`${product.url}/readyz`)).status).toBe(200)
  })
})
