import pg from 'pg'
import type { Browser, BrowserContext } from 'playwright-core'
import { enter } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { startOwnPostgres } from './ownDatabase.ts'
import { launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** The product with a list of many rows, the messages of its outbox, and a browser in which somebody is signed in. */
export interface LongList {
  readonly product: Product
  readonly api: ApiClient
  /** As its superuser. */
  readonly database: pg.Client
  readonly browser: Browser
  readonly context: BrowserContext
  stop(): Promise<void>
}

export async function startLongList(messages: number, env: Record<string, string> = {}): Promise<LongList> {
  const [folder, postgres] = await Promise.all([newDataFolder(), startOwnPostgres()])
  const DATABASE_URL = await postgres.database('lists')
  const [product, { browser }] = await Promise.all([
    // Nobody is sent a report meanwhile.
    startProduct({
      dataFolder: folder,
      env: { DATABASE_URL, ESPALIER_DEMO: 'true', ESPALIER_PLUGINS_OFF: 'operations', ...env },
    }),
    launchBrowser(),
  ])
  const database = new pg.Client({ connectionString: new URL('/lists', postgres.superuserUrl).href })
  await database.connect()
  await writeMessages(database, messages)
  const api = await signIn(product)
  const context = await browser.newContext({
    locale: 'en-US',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    // axe is brought in by tests, which the policy of the app rightly refuses.
    bypassCSP: true,
    viewport: { width: 1280, height: 800 },
  })
  await enter(context, product.url, api.cookie)
  return {
    product,
    api,
    database,
    browser,
    context,
    stop: async () => {
      await browser.close()
      await product.stop()
      await database.end()
      await postgres.stop()
      await removeDataFolder(folder)
    },
  }
}

/** Messages from newest to oldest, 20 seconds apart; every seventh was refused by its provider. */
export async function writeMessages(database: pg.Client, count: number, subject = 'Message number'): Promise<void> {
  const isFresh = subject !== 'Message number'
  await database.query(
    `with workspace as (select id from "Workspace" order by "createdAt" limit 1),
      numbers as (select n, now() - n * interval '20 seconds' + $3::interval as at from generate_series(1, $1::int) n),
      stamped as (select n, at, lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as stamp from numbers)
    insert into "MailMessage" ("workspaceId", id, "idempotencyKey", template, language, "toAddress", "fromAddress", data,
      subject, html, text, state, dispatch, "queuedAt", "sentAt", "notBefore", class, transport)
    select workspace.id,
      (substr(stamp, 1, 8) || '-' || substr(stamp, 9, 4) || '-7' || lpad(to_hex(n % 4096), 3, '0') || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
      $2 || '/' || n, (array['news.welcome', 'operations.daily-report', 'forms.answer'])[1 + n % 3], 'en',
      'reader' || n || '@example.com', 'hello@example.com', '{}', $2 || ' ' || n, '<p>Hello ' || n || '</p>', 'Hello ' || n,
      (array['delivered', 'opened', 'clicked', 'sent', 'bounced', 'failed', 'sent'])[1 + n % 7]::"MailState",
      (case when n % 7 = 5 then 'refused' else 'accepted' end)::"MailDispatch",
      at, at + interval '1 second', at, 'transactional', 'outbox'
    from stamped, workspace`,
    [count, subject, isFresh ? '1 day' : '0 days'],
  )
  await database.query('analyze "MailMessage"')
}
