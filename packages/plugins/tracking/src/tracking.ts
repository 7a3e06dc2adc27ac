import type { PluginHost, SqlContext } from '@espalier/core'
import { collect } from './collector.ts'
import { type TrackedEvent, unknownSource } from './event.ts'
import { newEventId } from './eventId.ts'
import { type EventStore, postgresEventStore } from './eventStore.ts'
import { readTotals, type Totals } from './metrics.ts'
import type { MetricsScope } from './metricsScope.ts'
import { type PageContext, PageContextSigner } from './pageContext.ts'
import { type Outcome, Recorder, type RecorderLimits, type Rollup } from './recorder.ts'
import type { settings } from './settings.ts'
import { Sites } from './sites.ts'
import { TrackerScript } from './trackerScript.ts'
import { readVisitor, type Visitor } from './visitor.ts'

/** What the server itself reports. */
export interface ServerEvent extends Partial<Omit<TrackedEvent, 'siteId' | 'visitorId' | 'name'>> {
  readonly siteId: string
  readonly visitorId: string
  readonly name: string
}

/** The tracking plugin's service: what other plugins use. */
export class Tracking {
  readonly sites: Sites
  readonly script = new TrackerScript()
  readonly #host: PluginHost<readonly [], typeof settings>
  readonly #recorder: Recorder
  readonly #signer: PageContextSigner

  constructor(
    host: PluginHost<readonly [], typeof settings>,
    options: { store?: EventStore; limits?: Partial<RecorderLimits> } = {},
  ) {
    this.#host = host
    this.sites = new Sites(host.system.system, host.random)
    this.#signer = new PageContextSigner(host.deriveSecret('page-context'))
    this.#recorder = new Recorder(
      options.store ?? postgresEventStore,
      host.workspace,
      (context) => this.timeZone(context),
      options.limits,
    )
  }

  /** The live topics' source of events, beside subscriptions. */
  get live(): PluginHost['live'] {
    return this.#host.live
  }

  /**
   * Counts along: `rollup` runs in the transaction that logs events and gets those that are new, in order.
   * When it throws, the events that made it throw are refused, and nothing of them is written anywhere.
   * Register it in `setup`.
   *
   * @param name of the plugin, for error messages
   */
  onEvents(name: string, rollup: Rollup): void {
    this.#recorder.addRollup(name, rollup)
  }

  /**
   * Records events of the server's own, such as exposures; resolves when they are durable. Inside a
   * transaction they are part of it; outside of one they share a commit with whatever arrives then.
   * Give `once` to what counts once in a visitor's life, and an `id` to what may be recorded again.
   */
  async record(context: SqlContext, events: readonly ServerEvent[]): Promise<Outcome[]> {
    const now = context.clock.now()
    const complete = events.map((event) => this.#complete(event, now))
    if (!context.db.inTransaction) return this.#recorder.record(context.workspaceId, complete)
    const fresh = new Set(await this.#recorder.write(context, complete))
    return complete.map((event) => (fresh.has(event) ? 'recorded' : 'duplicate'))
  }

  /** Who asks for a page, by its first-party cookie; send back {@link Visitor.setCookie} with the page. */
  async visitorOf(request: Request, context: SqlContext, isBot: boolean): Promise<Visitor> {
    const { respectDoNotTrack } = await this.#host.settings(context)
    const secure = this.#host.publicUrl.startsWith('https:')
    return readVisitor(request, { isBot, respectDoNotTrack, secure, random: this.#host.random })
  }

  /**
   * What a page says to the tracker: put it into the page as {@link trackerTags} does. Signed, so that a
   * browser reports under the variant that it was given.
   */
  pageContext(context: PageContext): { visitorId: string; token: string } {
    return { visitorId: context.visitorId, token: this.#signer.sign(context) }
  }

  /** The tags for a page that this server renders: the signed context and the tracker. Safe to insert as HTML. */
  trackerTags(site: { key: string }, context: PageContext): string {
    const json = JSON.stringify(this.pageContext(context)).replaceAll('<', '\\u003c')
    return `<script type="application/json" id="espalier-context">${json}</script><script defer src="/t.js" data-site="${site.key}"></script>`
  }

  /** The tag for pages that others serve. */
  scriptTag(site: { key: string }): string {
    return `<script defer src="${this.#host.publicUrl}/t.js" data-site="${site.key}"></script>`
  }

  /** What was counted over a span, on a page, a site or in the whole workspace. */
  totals(context: SqlContext, scope: MetricsScope): Promise<Totals> {
    return readTotals(context, scope)
  }

  /** Where hours and days begin in the workspace. */
  async timeZone(context: SqlContext): Promise<string> {
    return (await this.#host.settings(context)).timeZone
  }

  /** The collector's answer to a request. */
  collect(request: Request, isBot: boolean): Promise<Response> {
    return collect(request, isBot, {
      sites: this.sites,
      signer: this.#signer,
      recorder: this.#recorder,
      respectDoNotTrack: async (context) => (await this.#host.settings(context)).respectDoNotTrack,
      workspace: this.#host.workspace,
      clock: this.#host.clock,
      log: this.#host.log,
    })
  }

  /** Resolves when everything that was taken is written. */
  stop(): Promise<void> {
    return this.#recorder.drain()
  }

  #complete(event: ServerEvent, now: Date): TrackedEvent {
    const at = event.at ?? now
    return {
      ...unknownSource,
      pageId: null,
      sessionId: null,
      goal: null,
      url: null,
      referrer: null,
      experiments: null,
      properties: null,
      value: null,
      metrics: null,
      ...event,
      id: event.id ?? newEventId(at, this.#host.random),
      at,
    }
  }
}
