import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { generateClient } from '../../scripts/generate.mjs'
import type { ShapedEvent, WriteShaped } from './publishedShapes.ts'

const tables = {
  session: `session_id uuid primary key, website_id uuid not null, browser varchar(20), os varchar(20), device varchar(20), screen varchar(11),
    language varchar(35), country char(2), region varchar(20), city varchar(50), distinct_id varchar(50), created_at timestamptz default now()`,
  website_event: `event_id uuid primary key, website_id uuid not null, session_id uuid not null, visit_id uuid not null,
    created_at timestamptz default now(), url_path varchar(500) not null, url_query varchar(500), utm_source varchar(255), utm_medium varchar(255),
    utm_campaign varchar(255), utm_content varchar(255), utm_term varchar(255), referrer_path varchar(500), referrer_query varchar(500),
    referrer_domain varchar(500), page_title varchar(500), gclid varchar(255), fbclid varchar(255), msclkid varchar(255), ttclid varchar(255),
    li_fat_id varchar(255), twclid varchar(255), event_type int not null default 1, event_name varchar(50), tag varchar(50), hostname varchar(100),
    lcp decimal(10, 1), inp decimal(10, 1), cls decimal(10, 4), fcp decimal(10, 1), ttfb decimal(10, 1)`,
  event_data: `event_data_id uuid primary key, website_id uuid not null, website_event_id uuid not null, data_key varchar(500) not null,
    string_value varchar(500), number_value decimal(19, 4), date_value timestamptz, data_type int not null, created_at timestamptz default now()`,
}

const indexed: Readonly<Record<keyof typeof tables, readonly string[]>> = {
  session: [
    'created_at',
    'website_id',
    ...inTime('', 'browser', 'os', 'device', 'screen', 'language', 'country', 'region', 'city'),
  ],
  website_event: [
    ...['created_at', 'session_id', 'visit_id', 'website_id'],
    ...['website_id, session_id, created_at', 'website_id, visit_id, created_at'],
    ...inTime('', 'url_path', 'url_query', 'referrer_domain', 'page_title', 'event_name', 'tag', 'hostname'),
  ],
  event_data: ['created_at', 'website_id', 'website_event_id', ...inTime('', 'data_key')],
}

/** By website and time, alone and with each of these. */
function inTime(...columns: readonly string[]): string[] {
  return columns.map((column) => ['website_id', 'created_at', column].filter(Boolean).join(', '))
}

async function makeTables(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`create schema ${schema}`)
  for (const [table, columns] of Object.entries(tables)) {
    await pool.query(`create table ${schema}.${table} (${columns})`)
    for (const of of indexed[table as keyof typeof tables])
      await pool.query(`create index on ${schema}.${table} (${of})`)
  }
}

const websiteId = uuidv7()

const insertSession = (schema: string) => `
  insert into ${schema}.session (session_id, website_id, browser, os, device, screen, language, country)
  values ($1::uuid, $2::uuid, 'firefox', 'Linux', 'desktop', '1920x1080', 'en-US', 'FR') on conflict (session_id) do nothing`

/** An event's row, by the names of Umami's Prisma schema. */
function eventOf({ visitorId, url, referrer }: ShapedEvent) {
  const { pathname, search, searchParams, hostname } = new URL(url)
  const from = referrer === null ? undefined : new URL(referrer)
  return {
    id: uuidv7(),
    websiteId,
    sessionId: visitorId,
    visitId: visitorId,
    urlPath: pathname,
    urlQuery: search.slice(1),
    utmSource: searchParams.get('utm_source'),
    utmMedium: searchParams.get('utm_medium'),
    utmCampaign: searchParams.get('utm_campaign'),
    referrerPath: from?.pathname,
    referrerQuery: from?.search.slice(1),
    referrerDomain: from?.hostname,
    eventType: 1,
    eventName: null,
    hostname,
    createdAt: new Date(),
  }
}

function dataOf({ properties }: ShapedEvent, websiteEventId: string) {
  return Object.entries(properties).map(([dataKey, value]) => ({
    ...{ id: uuidv7(), websiteId, websiteEventId, dataKey, stringValue: String(value) },
    numberValue: typeof value === 'number' ? value : null,
    dataType: typeof value === 'number' ? 2 : 1,
    createdAt: new Date(),
  }))
}

/**
 * Umami 3.1 on PostgreSQL, as its public schema and queries say: the row of a new session, the row of the event, a row for each
 * property, each a statement that commits by itself. By prepared statements instead of its Prisma, which costs it more.
 */
export async function umami(pool: pg.Pool): Promise<WriteShaped> {
  await makeTables(pool, 'umami')
  const known = new Set<string>()
  return async (event) => {
    const { visitorId } = event
    if (!known.has(visitorId)) {
      await pool.query({ name: 'umami_session', text: insertSession('umami'), values: [visitorId, websiteId] })
      known.add(visitorId)
    }
    const { id, sessionId, urlPath, urlQuery, utmSource, utmMedium, utmCampaign, ...rest } = eventOf(event)
    await pool.query({
      name: 'umami_event',
      text: `insert into umami.website_event (event_id, website_id, session_id, visit_id, url_path, url_query, utm_source, utm_medium, utm_campaign,
          referrer_path, referrer_query, referrer_domain, hostname, created_at)
        values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      values: [
        ...[id, websiteId, sessionId, urlPath, urlQuery, utmSource, utmMedium, utmCampaign],
        ...[rest.referrerPath, rest.referrerQuery, rest.referrerDomain, rest.hostname, rest.createdAt],
      ],
    })
    const data = dataOf(event, id)
    await pool.query({
      name: `umami_data_${data.length}`,
      text: `insert into umami.event_data (event_data_id, website_id, website_event_id, data_key, string_value, number_value, data_type, created_at)
        values ${data.map((_, row) => `(${Array.from({ length: 8 }, (_, column) => `$${row * 8 + column + 1}`).join(', ')})`).join(', ')}`,
      values: data.flatMap((row) => [
        ...[row.id, websiteId, id, row.dataKey, row.stringValue, row.numberValue, row.dataType, row.createdAt],
      ]),
    })
  }
}

/** What is used of the client that Prisma generates. */
interface UmamiClient {
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>
  $disconnect(): Promise<void>
  readonly websiteEvent: { create(row: { data: object }): Promise<unknown> }
  readonly eventData: { createMany(rows: { data: object[] }): Promise<unknown> }
}

/** The same by Prisma 7 over pg, with the calls that Umami makes: what it costs as it comes. */
export async function umamiByPrisma(pool: pg.Pool): Promise<{ write: WriteShaped; close: () => Promise<void> }> {
  const folder = join(import.meta.dirname, 'umami')
  await generateClient(folder, '--schema', 'schema.prisma')
  const { PrismaClient } = (await import(join(folder, 'generated/client.ts'))) as {
    PrismaClient: new (options: { adapter: PrismaPg }) => UmamiClient
  }
  const schema = 'umami_prisma'
  await makeTables(pool, schema)
  const { connectionString, max } = pool.options
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString, max }, { schema }) })
  const known = new Set<string>()
  return {
    write: async (event) => {
      const { visitorId } = event
      if (!known.has(visitorId)) {
        await client.$queryRawUnsafe(insertSession(schema), visitorId, websiteId)
        known.add(visitorId)
      }
      const data = eventOf(event)
      await client.websiteEvent.create({ data })
      await client.eventData.createMany({ data: dataOf(event, data.id) })
    },
    close: () => client.$disconnect(),
  }
}
