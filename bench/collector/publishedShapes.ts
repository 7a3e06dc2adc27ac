import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'

/** An event as these products get it. */
export interface ShapedEvent {
  readonly visitorId: string
  readonly url: string
  readonly referrer: string | null
  readonly properties: Readonly<Record<string, string | number>>
}

/** Writes one event as another product does, durable when it resolves. */
export type WriteShaped = (event: ShapedEvent) => Promise<void>

/**
 * Umami 2 on PostgreSQL, as its public schema and queries say: the row of a new session, a row for each property, the row of the
 * event, each a statement that commits by itself. Without its Prisma, which would cost it more.
 */
export async function umami(pool: pg.Pool): Promise<WriteShaped> {
  await pool.query(`create schema umami;
    create table umami.session (session_id uuid primary key, website_id uuid not null, hostname varchar(100), browser varchar(20),
      os varchar(20), device varchar(20), screen varchar(11), language varchar(35), country char(2), created_at timestamptz default now());
    create table umami.website_event (event_id uuid primary key, website_id uuid not null, session_id uuid not null, visit_id uuid not null,
      created_at timestamptz default now(), url_path varchar(500) not null, url_query varchar(500), referrer_path varchar(500),
      referrer_query varchar(500), referrer_domain varchar(500), page_title varchar(500), event_type int not null default 1,
      event_name varchar(50), tag varchar(50));
    create table umami.event_data (event_data_id uuid primary key, website_id uuid not null, website_event_id uuid not null,
      data_key varchar(500) not null, string_value varchar(500), number_value decimal(19, 4), date_value timestamptz, data_type int not null,
      created_at timestamptz default now())`)
  const indexed: Record<string, string[]> = {
    session: [
      'created_at',
      'website_id',
      ...of('', 'hostname', 'browser', 'os', 'device', 'screen', 'language', 'country'),
    ],
    website_event: [
      ...[
        'created_at',
        'session_id',
        'visit_id',
        'website_id',
        'website_id, session_id, created_at',
        'website_id, visit_id, created_at',
      ],
      ...of('', 'url_path', 'url_query', 'referrer_domain', 'page_title', 'event_name', 'tag'),
    ],
    event_data: ['created_at', 'website_id', 'website_event_id', ...of('', 'data_key')],
  }
  for (const [table, indexes] of Object.entries(indexed))
    for (const columns of indexes) await pool.query(`create index on umami.${table} (${columns})`)

  const websiteId = uuidv7()
  const known = new Set<string>()
  return async ({ visitorId, url, referrer, properties }) => {
    const { pathname, search } = new URL(url)
    if (!known.has(visitorId)) {
      await pool.query({
        name: 'umami_session',
        text: `insert into umami.session (session_id, website_id, hostname, browser, os, device, screen, language, country)
          values ($1, $2, 'example.com', 'firefox', 'Linux', 'desktop', '1920x1080', 'en-US', 'FR') on conflict do nothing`,
        values: [visitorId, websiteId],
      })
      known.add(visitorId)
    }
    const id = uuidv7()
    const [first = ['', ''], second = ['', '']] = Object.entries(properties)
    await pool.query({
      name: 'umami_data',
      text: `insert into umami.event_data (event_data_id, website_id, website_event_id, data_key, string_value, data_type)
        values ($1, $2, $3, $4, $5, 1), ($6, $2, $3, $7, $8, 2)`,
      values: [uuidv7(), websiteId, id, first[0], first[1], uuidv7(), second[0], second[1]],
    })
    await pool.query({
      name: 'umami_event',
      text: `insert into umami.website_event (event_id, website_id, session_id, visit_id, url_path, url_query, referrer_domain, event_name)
        values ($1, $2, $3, $3, $4, $5, $6, 'pageview')`,
      values: [id, websiteId, visitorId, pathname, search, referrer && new URL(referrer).hostname],
    })
  }
}

/**
 * Plausible's rows, as its public code makes them: one of the event, and of its session the old one taken back and the new one. It
 * gathers them in memory, answers before anything is written, and has ClickHouse, which keeps one order and no indexes. Here each
 * event is one statement, and durable.
 */
export async function plausible(pool: pg.Pool): Promise<WriteShaped> {
  await pool.query(`create schema plausible;
    create table plausible.events_v2 (site_id bigint not null, user_id uuid not null, session_id uuid not null, name text not null,
      hostname text, pathname text, referrer text, referrer_source text, utm_source text, utm_medium text, utm_campaign text, country_code char(2),
      browser text, operating_system text, screen_size text, meta_key text[], meta_value text[], timestamp timestamptz not null default now());
    create index on plausible.events_v2 (site_id, timestamp);
    create table plausible.sessions_v2 (sign int not null, site_id bigint not null, session_id uuid not null, user_id uuid not null, hostname text,
      entry_page text, exit_page text, pageviews int, events int, duration int, is_bounce boolean, referrer text, utm_source text, utm_medium text,
      utm_campaign text, country_code char(2), browser text, operating_system text, screen_size text, start timestamptz not null default now(),
      timestamp timestamptz not null default now());
    create index on plausible.sessions_v2 (site_id, start)`)
  const sessions = new Map<string, number>()
  return async ({ visitorId, url, referrer, properties }) => {
    const { pathname, searchParams } = new URL(url)
    const events = sessions.get(visitorId) ?? 0
    sessions.set(visitorId, events + 1)
    await pool.query({
      name: 'plausible_event',
      text: `with event as (
          insert into plausible.events_v2 (site_id, user_id, session_id, name, hostname, pathname, referrer, utm_source, country_code, browser,
            operating_system, screen_size, meta_key, meta_value)
          values (1, $1, $1, 'pageview', 'example.com', $2, $3, $4, 'FR', 'Firefox', 'Linux', 'Desktop', $5, $6)
        )
        insert into plausible.sessions_v2 (sign, site_id, session_id, user_id, hostname, entry_page, exit_page, pageviews, events, duration, is_bounce,
          referrer, utm_source, country_code, browser, operating_system, screen_size)
        select sign, 1, $1, $1, 'example.com', $2, $2, count, count, 10, false, $3, $4, 'FR', 'Firefox', 'Linux', 'Desktop'
        from (values (-1, $7::int), (1, $7::int + 1)) as state (sign, count) where count > 0`,
      values: [
        visitorId,
        pathname,
        referrer,
        searchParams.get('utm_source'),
        Object.keys(properties),
        Object.values(properties).map(String),
        events,
      ],
    })
  }
}

/** By website and time, alone and with each of these. */
function of(...columns: readonly string[]): string[] {
  return columns.map((column) => ['website_id', 'created_at', column].filter(Boolean).join(', '))
}
