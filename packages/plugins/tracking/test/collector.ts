import { type Clock, type Random, systemClock, systemRandom } from '@espalier/core'
import { testDatabase, testHost } from '@espalier/core/testing'
import type { z } from 'zod'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import type { EventStore } from '../src/eventStore.ts'
import type { RecorderLimits } from '../src/recorder.ts'
import { routes } from '../src/routes.ts'
import { settings } from '../src/settings.ts'
import { Tracking } from '../src/tracking.ts'

export interface Answer {
  status: number
  accepted: number
  duplicates: number
  rejected: { index: number; id: string | null; code: string; path: string; message: string }[]
  now: number
  error?: { code: string; message: string; path?: string }
  headers: Headers
}

export interface SentEvent {
  id?: unknown
  name?: unknown
  [field: string]: unknown
}

/** The collector on a database of this file's own, spoken to through its route. */
export async function collectorUnderTest(
  options: {
    clock?: Clock
    random?: Random
    store?: EventStore
    limits?: Partial<RecorderLimits>
    settings?: Partial<z.input<typeof settings>>
  } = {},
) {
  const { db, createWorkspace, urls } = await testDatabase()
  const { clock = systemClock, random = systemRandom, store, limits } = options
  const host = testHost(db, { settings, ...(options.settings && { values: options.settings }), clock, random })
  const tracking = new Tracking(host, { ...(store && { store }), ...(limits && { limits }) })
  const route = routes.find(({ path }) => path === '/collect')
  if (!route) throw new Error('There is no route /collect')

  /** A body as it is. */
  const post = async (
    body: string,
    headers: Record<string, string> = {},
    isBot = false,
    address = '203.0.113.7',
  ): Promise<Answer> => {
    const request = new Request('http://127.0.0.1/collect', {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', ...headers },
    })
    const sender = { isBot, address, userAgent: request.headers.get('user-agent') ?? '' }
    const response = await route.handle(request, sender as never, tracking)
    return { status: response.status, headers: response.headers, ...(await response.json()) }
  }

  /** A new workspace with a site. */
  const makeSite = async () => {
    const workspaceId = await createWorkspace()
    const context = host.workspace(workspaceId)
    const site = await tracking.sites.ensure(context, 'Test site')
    const visitorId = newVisitorId(random)
    return {
      ...site,
      context,
      visitorId,
      send: (
        events: SentEvent[],
        extra: object = {},
        headers?: Record<string, string>,
        isBot?: boolean,
        address?: string,
      ) => post(JSON.stringify({ site: site.key, visitorId, events, ...extra }), headers, isBot, address),
      /** Rows of the log. */
      logged: () =>
        context.db.query<{
          id: string
          name: string
          visitorId: string
          at: Date
          experiments: unknown
          pageId: string | null
          properties: unknown
          [column: string]: unknown
        }>({
          text: 'select * from "TrackingEvent" order by "id"',
          values: [],
        }),
    }
  }

  return {
    db,
    urls,
    host,
    tracking,
    post,
    makeSite,
    newId: (at = clock.now()) => newEventId(at, random),
    newVisitor: () => newVisitorId(random),
  }
}
