import { visitorOf } from '../visitorOf.ts'
import { loadScript, type PageEspalier, pageEspalier } from './script.ts'

/** Names of a site's events, and what each carries: `{ 'plan-chosen': { plan: 'free' | 'pro' }; 'video-played': { seconds: number } }`. */
export type SiteEvents = { readonly [name: string]: object }

/** Where Espalier is, which site this is, and what needs consent. */
export interface SiteOptions {
  /** Where Espalier is: `https://growth.example.com`. */
  url: string
  /** Public key of the site, from the page "Sites" of the admin. */
  site: string
  /** `required`: nothing is sent or kept before `consent(true)`. */
  consent?: 'required'
  /** Nothing is kept in the browser: visitors are told apart for a day, and take part in no experiment. */
  cookieless?: boolean
  /** Whom a page was rendered for by your server: `await visitorOf(site, userId)`, or the cookie that it keeps. */
  visitor?: string
  /** Whether the page asks for variants. Default true; `false` spares it a script. */
  experiments?: boolean
  /** Another name of the tracker, against lists of ad-blockers: `menu` loads `/a/menu.js`. */
  scriptName?: string
  /** How long `variant` waits for the scripts, from the call of `createSite` on. Milliseconds, default 2,000. */
  patienceMs?: number
}

/** What a goal was worth, and what else is known of it. */
export interface GoalOptions {
  /** In the smallest unit of the currency: `1999 EUR`. */
  value?: string
  properties?: object
}

/**
 * A site's tracker in one page. What is called before the scripts are there is done when they are; what a blocker keeps from
 * loading does nothing, and breaks nothing. On a server every method does nothing.
 */
export interface Site<Events extends SiteEvents = SiteEvents> {
  /** Counts something that happened. Views of pages are counted without it, those of single-page applications too. */
  track<Name extends keyof Events & string>(
    name: Name,
    ...properties: Record<string, never> extends Events[Name] ? [properties?: Events[Name]] : [properties: Events[Name]]
  ): void
  /** Counts a conversion. */
  goal(goal: string, options?: GoalOptions): void
  /**
   * Says who this is: the same visitor, and the same variants, on every device from now on. Call it as early as you know it, on
   * every page; what happened before stays the browser's. Your own id does not leave the browser, only a digest of it with the site's key.
   *
   * @param userId your own id of the user, of any form. `espalier.identify` of the tracker's script alone takes the UUID that
   *   `visitorOf` makes of it, and ignores anything else
   * @param traits what conditions of experiments may ask about. They stay in the browser
   */
  identify(userId: string, traits?: Readonly<Record<string, unknown>>): Promise<void>
  /** Forgets who this was, after they have signed out: from now on somebody new. */
  reset(): Promise<void>
  /** The key of the visitor's variant; null for whoever takes part in nothing. Who asks shows it: that counts as an exposure. */
  variant(experiment: string): Promise<string | null>
  /** What the variant is worth; `fallback` for whoever takes part in nothing. Counts as an exposure too. */
  value<Value>(experiment: string, fallback: Value): Promise<Value>
  /**
   * Says that a variant which your server has decided was shown, so that it counts: only where it is the one that this visitor
   * gets, so give the page the visitor that was decided for.
   */
  exposed(experiment: string, variant: string): void
  /** Gives or takes back consent. Taken back, what is kept in the browser is deleted. */
  consent(given: boolean): Promise<void>
  /** The id that events are of; undefined where nobody is counted, or the scripts are blocked. */
  visitor(): Promise<string | undefined>
}

/**
 * Loads the tracker, and the experiments of the site.
 *
 * @example
 * const site = createSite<{ 'plan-chosen': { plan: 'free' | 'pro' } }>({ url: 'https://growth.example.com', site: 'KEY' })
 * site.track('plan-chosen', { plan: 'pro' })
 * @throws TypeError for an address that is none
 */
export function createSite<Events extends SiteEvents = SiteEvents>(options: SiteOptions): Site<Events> {
  const { site, patienceMs = 2000 } = options
  const loaded = typeof document === 'undefined' ? Promise.resolve(undefined) : load(options)
  const there = loaded.then(() => true)
  const patience = new Promise<false>((resolve) => {
    if (typeof document !== 'undefined') setTimeout(resolve, patienceMs, false)
  })
  let traits: Readonly<Record<string, unknown>> = {}

  // One after the other, in the order of the calls: what is tracked after `identify` is of the user.
  let last: Promise<unknown> = loaded
  const then = <Result>(work: (espalier: PageEspalier) => Result | Promise<Result>): Promise<Result | undefined> => {
    const result = last.then(async () => {
      const espalier = await loaded
      return espalier && work(espalier)
    })
    last = result.catch(() => {})
    return result
  }
  /** Of who is about to show something: it waits for the scripts no longer than it can, and what comes too late is not done. */
  const soon = async <Result>(work: (espalier: PageEspalier) => Result): Promise<Result | undefined> => {
    const inTime = Promise.race([there, patience])
    const result = then(async (espalier) => ((await inTime) ? work(espalier) : undefined))
    return (await inTime) ? result : undefined
  }

  return {
    track: (name, ...[properties]) => void then((espalier) => espalier.track(name, properties)),
    goal: (goal, { value, properties } = {}) => void then((espalier) => espalier.goal(goal, properties, value)),
    identify: async (userId, given = {}) => {
      await then(async (espalier) => {
        espalier.identify(await visitorOf(site, userId))
        traits = given
      })
    },
    reset: async () => {
      await then((espalier) => {
        espalier.identify(crypto.randomUUID())
        traits = {}
      })
    },
    variant: async (experiment) => (await soon((espalier) => espalier.variant?.(experiment, traits))) ?? null,
    value: async <Value>(experiment: string, fallback: Value) =>
      ((await soon((espalier) => espalier.value?.(experiment, traits))) ?? fallback) as Value,
    exposed: (experiment, variant) =>
      void then((espalier) => espalier.track('experiment_viewed', { experiment, variant })),
    consent: async (given) => {
      await then((espalier) => espalier.consent(given))
    },
    visitor: () => then((espalier) => espalier.visitor()),
  }
}

/** One tracker in a page, however often a module is evaluated or a component mounted. */
async function load(options: SiteOptions): Promise<PageEspalier | undefined> {
  const { url, site, consent, cookieless, visitor, experiments = true, scriptName } = options
  const at = (path: string) => new URL(path, `${url.replace(/\/+$/, '')}/`).href
  const script = at(scriptName ? `a/${scriptName}.js` : 't.js')
  if (!pageEspalier()) {
    const attributes = {
      'data-site': site,
      ...(consent && { 'data-consent': consent }),
      ...(cookieless && { 'data-cookieless': '' }),
      ...(visitor && { 'data-visitor': visitor }),
    }
    if (!(await loadScript(script, attributes))) return undefined
  }
  if (experiments && !pageEspalier()?.variant) await loadScript(at(`experiments/${site}.js`))
  return pageEspalier()
}
