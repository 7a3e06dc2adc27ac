import type pg from 'pg'

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
