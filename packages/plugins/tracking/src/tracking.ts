import {
  type Awaitable,
  asUnavailable,
  onceKnown,
  type PlainPost,
  type PlainRequest,
  type PlainResponse,
  type PluginHost,
  type SqlContext,
  type SystemContext,
} from '@espalier/core'
import { agentOf } from './agent.ts'
import { ClickHouseEventStore } from './clickHouse/clickHouseEventStore.ts'
import { type Answer, type BatchSender, type CollectorParts, collect, recordEvents } from './collector.ts'
import { type EventsFrom, readServerEvents } from './collectRequest.ts'
import { CountryDatabase } from './countryDatabase.ts'
import { DailyVisitors, isDailyVisitor } from './dailyVisitors.ts'
import type { EventSource } from './event.ts'
import { newVisitorId } from './eventId.ts'
import type { EventStore } from './eventStore.ts'
import { IngestCounts } from './ingestCounts.ts'
import { Numbers } from './numbers.ts'
import { type PageContext, PageContextSigner } from './pageContext.ts'
import { postgresEventStore } from './postgresEventStore.ts'
import { type Outcome, Recorder, type RecorderLimits, type Rollup } from './recorder.ts'
import { CountedBefore, countServed } from './rollups.ts'
import { senderCountry } from './senderCountry.ts'
import { ServedCounts } from './servedCounts.ts'
import { completeEvent, type ServerEvent } from './serverEvent.ts'
import type { settings } from './settings.ts'
import { Sites } from './sites.ts'
import { sourceOf } from './source.ts'
import { TrackerScript } from './trackerScript.ts'
import { trackerTag } from './trackerTag.ts'
import { takeTurn } from './turn.ts'
import { readVisitor, type Visitor } from './visitor.ts'

/** The tracking plugin's service: what other plugins use. */
export class Tracking extends Numbers {
  readonly sites: Sites
  readonly script = new TrackerScript()
  /** What this process was sent. */
  readonly counts = new IngestCounts()
  readonly countries: CountryDatabase
  readonly #host: PluginHost<readonly [], typeof settings>
  readonly #recorder: Recorder
  readonly #collector: CollectorParts
  readonly #signer: PageContextSigner
  readonly #dailyVisitors: DailyVisitors
  readonly #served: ServedCounts
  /** Whether browsers reach this installation over HTTPS alone. */
  readonly #secure: boolean

  constructor(
    host: PluginHost<readonly [], typeof settings>,
    options: { store?: EventStore; limits?: Partial<RecorderLimits> } = {},
  ) {
    const { eventStore: url } = host.resources
    super(
      options.store ?? (url ? new ClickHouseEventStore({ url }) : postgresEventStore),
      async (context) => (await host.settings(context)).timeZone,
    )
    this.#host = host
    this.#secure = host.publicUrl.startsWith('https:')
    this.sites = new Sites(host.system.system, host.random)
    this.#signer = new PageContextSigner(host.deriveSecret('page-context'))
    this.#dailyVisitors = new DailyVisitors(host.clock)
    this.countries = new CountryDatabase(host.resources.countryDatabase, host.log)
    const known = new CountedBefore()
    this.#served = new ServedCounts({
      workspace: host.workspace,
      write: async (tx, served) => countServed(tx, served, await this.timeZone(tx), known),
    })
    this.#recorder = new Recorder(
      this.store,
      host.workspace,
      (context) => this.timeZone(context),
      known,
      options.limits,
    )
    const { settingsAtHand, workspace, clock, random, log } = host
    this.#collector = {
      sites: this.sites,
      counts: this.counts,
      countries: this.countries,
      signer: this.#signer,
      recorder: this.#recorder,
      dailyVisitors: this.#dailyVisitors,
      settings: settingsAtHand,
      workspace,
      clock,
      random,
      log,
    }
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
   * transaction they are part of it, and keep the workspace's other events waiting until it ends: record last.
   * Outside of one they share a commit with whatever arrives then.
   * Give `once` to what counts once in a visitor's life, and an `id` to what may be recorded again.
   */
  async record(context: SqlContext, events: readonly ServerEvent[]): Promise<Outcome[]> {
    const now = context.clock.now()
    const complete = events.map((event) => completeEvent(event, now, this.#host.random))
    if (!context.db.inTransaction) return this.#recorder.record(context.workspaceId, complete)
    const fresh = new Set(await this.#recorder.write(context, complete))
    return complete.map((event) => (fresh.has(event) ? 'recorded' : 'duplicate'))
  }

  /**
   * Who asks for a page: by its first-party cookie or, where the workspace keeps nothing in browsers, by the hash of
   * the day. Send back {@link Visitor.setCookie} with the page.
   *
   * @param from what the route knows of the request
   */
  visitorOf(
    request: PlainRequest,
    context: SqlContext,
    from: Pick<BatchSender, 'isBot' | 'address' | 'userAgent'>,
  ): Awaitable<Visitor> {
    return onceKnown(this.#host.settingsAtHand(context), ({ respectDoNotTrack, cookieless, requireConsent }) =>
      readVisitor(request, {
        isBot: from.isBot,
        respectDoNotTrack,
        dailyVisitor: cookieless || requireConsent ? () => this.#visitorOfTheDay(context, from) : undefined,
        secure: this.#secure,
        random: this.#host.random,
      }),
    )
  }

  /** What a request says of whoever sent it, as their events will say it: before there is an event. */
  async senderOf(
    request: PlainRequest,
    context: SqlContext,
    { address, userAgent }: Pick<BatchSender, 'address' | 'userAgent'>,
  ): Promise<Pick<EventSource, 'device' | 'browser' | 'os' | 'country'>> {
    const settings = await this.#host.settings(context)
    return { ...agentOf(userAgent), country: await senderCountry(request, address, settings, this.countries) }
  }

  /**
   * From where and with what somebody came who asks for a page, as their events will say it: before there is an event.
   *
   * @param url of the page as the visitor's browser has it, query included
   */
  sourceOf(
    request: PlainRequest,
    context: SqlContext,
    url: string,
    { address, userAgent }: Pick<BatchSender, 'address' | 'userAgent'>,
  ): Awaitable<EventSource> {
    const referrer = request.headers.get('referer')
    return onceKnown(this.#host.settingsAtHand(context), (settings) =>
      onceKnown(senderCountry(request, address, settings, this.countries), (country) =>
        sourceOf(url, referrer, { userAgent, country }),
      ),
    )
  }

  /**
   * What a page says to the tracker: put it into the page as {@link trackerTags} does. Signed, so that a
   * browser reports under the variant that it was given.
   */
  pageContext(context: PageContext): { visitorId: string; token: string } {
    const signed = isDailyVisitor(context.visitorId) ? { ...context, day: this.#dailyVisitors.today } : context
    return { visitorId: context.visitorId, token: this.#signer.sign(signed) }
  }

  /** What {@link pageContext} signed, or undefined when this server has not. */
  readPageContext(token: string): PageContext | undefined {
    return this.#signer.read(token)
  }

  /**
   * What a page that this server renders holds for one visitor: the tracker's tag, safe to insert as HTML, and the
   * signed context within it. Counts the page as served, beside the pageview that its tracker will confirm.
   */
  trackerTags(
    context: SqlContext,
    site: { key: string },
    page: PageContext,
  ): Awaitable<{ html: string; token: string }> {
    return onceKnown(this.#host.settingsAtHand(context), (settings) => {
      const { token } = this.pageContext(page)
      this.#served.add(page, this.#host.clock.now())
      return { html: trackerTag(site, settings, { context: token }), token }
    })
  }

  /** The tag for pages that others serve. */
  async scriptTag(context: SqlContext, site: { key: string }): Promise<string> {
    const settings = await this.#host.settings(context)
    return trackerTag(site, settings, { from: this.#host.publicUrl })
  }

  /**
   * Waits until no other transaction counts events of the workspace, and keeps them waiting until this one ends: for
   * whoever counts along with {@link onEvents} and also counts something of its own.
   */
  takeTurn(tx: SqlContext): Promise<void> {
    return takeTurn(tx)
  }

  /** Days for which this installation keeps events; undefined: for ever. */
  get retentionDays(): number | undefined {
    return this.#host.resources.eventRetentionDays
  }

  /** The collector's answer to a request: at once where nothing is written. */
  collect(request: PlainPost, sender: BatchSender): Awaitable<PlainResponse> {
    return collect(request, sender, this.#collector)
  }

  /**
   * Records events that another server reports, checked one by one. Resolves when the good ones are durable;
   * together with whatever else arrives then, never as part of a transaction.
   *
   * @throws QueueFullError, or the database's error: then nothing is certain and the same may be sent again
   */
  async ingest(workspaceId: string, events: readonly unknown[], from: EventsFrom): Promise<Answer> {
    const now = this.#host.clock.now()
    const read = readServerEvents(events, from, now, this.#host.random)
    return recordEvents(workspaceId, read, now, { recorder: this.#recorder, counts: this.counts })
  }

  async #visitorOfTheDay(
    context: SqlContext,
    { address, userAgent }: Pick<BatchSender, 'address' | 'userAgent'>,
  ): Promise<string> {
    try {
      return await this.#dailyVisitors.idOf(context, 'pages', address, userAgent)
    } catch (error) {
      // Without the day's salt they are somebody else each time, and get their page all the same.
      if (asUnavailable(error)) return newVisitorId(this.#host.random)
      throw error
    }
  }

  /** Makes the log ready. Where its engine is away, events are refused until it is back, and everything else works. */
  async prepare(system: SystemContext): Promise<void> {
    try {
      await this.store.prepare(system)
    } catch (error) {
      if (this.store === postgresEventStore || !asUnavailable(error)) throw error
      this.#host.log.warn({ err: error }, 'The event log does not answer: no events are taken until it does')
    }
  }

  /** Resolves when everything that was taken is written. */
  async stop(): Promise<void> {
    await Promise.all([this.#recorder.drain(), this.#served.flush()])
  }
}
