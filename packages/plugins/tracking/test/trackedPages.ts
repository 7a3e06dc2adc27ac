import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from '@espalier/core'
import { serveKernel } from '@espalier/core/server'
import { testDatabase, testKernel } from '@espalier/core/testing'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import tracking from '../src/index.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
export const hasChromium = existsSync(executablePath)
export const person =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

declare global {
  interface Window {
    /** What the tracker gives a page's own code. */
    espalier: {
      track(name: string, properties?: object): void
      goal(goal: string, properties?: object, value?: unknown): void
      identify(visitorId: string): void
      consent(given: boolean): void
    }
  }
}

/** How long a browser may take for what it does by itself. */
export const soon = { timeout: 60_000 }

export interface LoggedEvent {
  name: string
  goal: string | null
  url: string
  referrer: string | null
  properties: unknown
  visitorId: string
  at: Date
  pageId: string | null
  experiments: unknown
  metrics: Record<string, number> | null
  [column: string]: unknown
}

export interface VisitOptions {
  prepare?: (context: BrowserContext) => Promise<unknown>
  userAgent?: string
  /** Further attributes of the tracker's tag. */
  attributes?: string
  /** Path of the tracker. */
  script?: string
}

/** Pages of another origin than the collector's, and browsers that visit them. Call it while a file is collected. */
export async function trackedPages() {
  await import('../build.mjs' as string)
  const database = await testDatabase()
  const { kernel } = await testKernel(database, [tracking])
  const service = kernel.service(tracking)
  const server = serveKernel(kernel)
  let browser: Browser
  let pages: Server
  const shop = {
    /** Where the collector is. */
    collector: '',
    /** Where the pages are. */
    site: '',
    /** What a page holds beside the tracker. */
    html: '',
    /** The tracker's tag. */
    tag: '',
  }

  beforeAll(async () => {
    if (!hasChromium) return
    shop.collector = await server.listen(0, '127.0.0.1')
    pages = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html><title>A shop</title>${shop.html}${shop.tag}`)
    })
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    shop.site = `http://localhost:${(pages.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    pages?.close()
    await server.close()
  })

  /** A visitor with a browser of their own, on a site of its own. */
  async function visit(
    content: string,
    { prepare, userAgent = person, attributes = '', script = '/t.js' }: VisitOptions = {},
  ) {
    const workspaceId = await database.createWorkspace()
    const workspace = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
    const made = await service.sites.ensure(workspace, 'Shop')
    shop.tag = `<script defer src="${shop.collector}${script}" data-site="${made.key}" ${attributes}></script>`
    shop.html = content
    const context = await browser.newContext({ userAgent })
    await prepare?.(context)
    const page = await context.newPage()
    const all = () => workspace.db.query<LoggedEvent>(sql`select * from "TrackingEvent" order by "id"`)
    /** The log, without what is reported when a page is left. */
    const logged = async () => (await all()).filter(({ name }) => name !== 'engagement')
    return {
      context,
      page,
      workspace,
      site: made,
      logged,
      /** What was reported when pages were left. */
      engagements: async () => (await all()).filter(({ name }) => name === 'engagement'),
      /** The names of the events, as soon as there are so many. */
      names: async (count: number) => {
        await expect.poll(logged, soon).toHaveLength(count)
        return (await logged()).map(({ name, goal }) => (goal ? `${name} ${goal}` : name))
      },
    }
  }

  return { shop, service, visit }
}
