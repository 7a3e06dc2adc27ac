/**
 * The tracker: what pages load to be counted. No cookies; never delays a navigation; every event is kept in
 * localStorage until the collector has acknowledged it, and counts once however often it is sent.
 *
 *   <script defer src="https://…/t.js" data-site="KEY"></script>
 *
 * Counts pageviews (also of single-page navigation), clicks on `[data-track]`, conversions on `[data-goal]`
 * (a click; on a form, its submission), and, when a page is left, how long it was looked at, how far down, and
 * how fast it was. `espalier.track`, `espalier.goal`, `espalier.identify` and `espalier.consent` are for the page's own code.
 * Every byte counts: what the collector can do, such as rounding, is left to it.
 */
import { measure } from './vitals.ts'

declare const COLLECTOR: string

declare global {
  interface Window {
    espalier: {
      track(name: string, properties?: Properties): void
      goal(goal: string, properties?: Properties, value?: unknown): void
      consent(given: boolean): void
      /** Whom this page's events are of; undefined where nobody is counted, and where the server alone knows. */
      visitor(): string | undefined
      /** From now on events are of this visitor: a UUID that the site knows them by, on whatever device. Anything else is ignored. */
      identify(visitorId: string): void
    }
  }
}

type Properties = Record<string, unknown>

interface TrackerEvent {
  id: string
  name: string
  url: string
  referrer: string
  goal?: string | undefined
  properties?: Properties | undefined
  value?: unknown
  metrics?: Record<string, number | undefined>
}

interface Answer {
  now: number
  rejected: { index: number; code: string }[]
}

const script = document.currentScript as HTMLScriptElement
const options = script.dataset
/** As the server that serves this file says, seen from the file: it stays right behind a proxy's path. */
const endpoint = new URL(options.collect || COLLECTOR, script.src).href
const queue: TrackerEvent[] = []
/** Batches that wait for their acknowledgement, also what pages before this one left behind. */
const pending: Record<string, string> = {}
/** Batches in localStorage. */
const prefix = 'espalier.batch.'
const visitorKey = 'espalier.visitor'
const consentKey = 'espalier.consent'
// biome-ignore lint/correctness/noUnusedVariables: read by ??=
let timer: ReturnType<typeof setTimeout> | undefined
// biome-ignore lint/correctness/noUnusedVariables: read by ??=
let retryTimer: ReturnType<typeof setTimeout> | undefined
/** What the server's clock is ahead of this one, in milliseconds. */
let offset = 0
let retryDelay = 2000
let lastTime = 0
let lastUrl = ''
/** Browsers cut it to 4,096 characters. */
let referrer = document.referrer
/** Since when the page has been both visible and focused; 0 while it is not. */
let activeSince = 0
let engagedMs = 0
let scrollDepth = 0
/** Once for each load of a page; of no use where it was opened in the background. */
let vitals = document.hidden ? undefined : measure()

/** Storage may be blocked, or not wanted: then events live as long as the page. */
const stored = <T>(work: () => T): T | undefined => {
  try {
    if (options.cookieless == null) return work()
  } catch {
    // Blocked.
  }
  return undefined
}

let allowed = +(stored(() => localStorage[consentKey]) ?? !options.consent)

const optedOut =
  !options.doNotTrack &&
  (+(navigator.doNotTrack as string) || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)

const track = (name: string, more?: Partial<TrackerEvent>) => {
  if (!lastUrl || !allowed) return
  queue.push({ id: newId(clock()), name, url: lastUrl, referrer, ...more })
  timer ??= setTimeout(flush, 100)
}

const clock = () => Date.now() + offset

/** A UUIDv7: the event's instant, and chance. Ids of one page ascend, so that its events stay in their order. */
const newId = (time: number) => {
  lastTime = Math.max(time, lastTime + 1)
  // Eleven digits until the year 2527.
  let digits = `0${lastTime.toString(16)}`
  for (const byte of crypto.getRandomValues(new Uint8Array(18))) digits += (byte & 15).toString(16)
  return digits.replace(/(.{8})(.{4})(...)(...)/, '$1-$2-7$3-8$4-')
}

/**
 * A random id that the browser keeps. None where the server tells visitors apart, because it rendered the page or because
 * nothing can be kept here, and where nobody is counted.
 */
const visitorId = () =>
  !lastUrl || !allowed || options.context
    ? undefined
    : stored<string>(
        () =>
          (localStorage[visitorKey] = [options.visitor, localStorage[visitorKey], newId(clock())].find((id) =>
            // The collector refuses the events of whom is no UUID.
            /^[\da-f]{8}(-[\da-f]{4}){4}[\da-f]{8}$/i.test(id),
          )),
      )

const flush = () => {
  timer = undefined
  while (queue.length) {
    const key = prefix + newId(clock())
    const text = JSON.stringify({
      site: options.site,
      context: options.context,
      visitorId: visitorId(),
      // As many of the largest size as fit into the collector's 64 KiB.
      events: queue.splice(0, 5),
    })
    stored(() => (localStorage[key] = text))
    pending[key] = text
    send(key)
  }
}

/** Sends a batch; what is not acknowledged is sent again later, in this page or the next. */
const send = async (key: string) => {
  const body = pending[key] as string
  try {
    const response = await fetch(endpoint, { method: 'POST', body, keepalive: true })
    // 429 and 5xx: later. The collector answers with nothing in between.
    if (response.status > 428) throw response
    forget(key)
    retryDelay = 2000
    adjustClock((await response.json()) as Answer, body)
  } catch {
    retryTimer ??= setTimeout(retry, retryDelay)
    retryDelay = Math.min(retryDelay * 2, 600_000)
  }
}

const forget = (key: string) => {
  delete pending[key]
  stored(() => delete localStorage[key])
}

/** Where this clock is wrong, events that were refused for it get new ids by the server's. */
const adjustClock = ({ now, rejected }: Answer, body: string) => {
  const wrong = now - clock()
  if (wrong * wrong > 9e10) {
    offset += wrong
    lastTime = 0
    const events: TrackerEvent[] = JSON.parse(body).events
    for (const { index, code } of rejected) {
      const event = events[index] as TrackerEvent
      // TOO_OLD, CLOCK_AHEAD.
      if (code.match('_')) queue.push({ ...event, id: newId(+`0x${event.id.replace('-', '').slice(0, 12)}` + wrong) })
    }
    flush()
  }
}

const retry = () => {
  retryTimer = undefined
  for (const key in pending) send(key)
}

/** Counts a view, after what the one before it came to; also of a page that is back from the browser's cache. */
const view = (event?: Event) => {
  const url = (location.href.split('#')[0] as string).slice(0, 2048)
  if (url !== lastUrl || (event as PageTransitionEvent | undefined)?.persisted) {
    if (lastUrl) {
      report()
      referrer = lastUrl
    }
    lastUrl = url
    scrollDepth = 0
    track('pageview')
  }
}

/** Time counts while the page is visible and has the focus. */
const watch = () => {
  const now = performance.now()
  if (activeSince) engagedMs += now - activeSince
  activeSince = document.hasFocus() && !document.hidden ? now : 0
}

const scrolled = () => {
  scrollDepth = Math.max(scrollDepth, (100 * (scrollY + innerHeight)) / document.documentElement.scrollHeight)
}

/** How long and how far the page was read since the last report; how fast it was, once. */
const report = () => {
  scrolled()
  watch()
  // A page that is left says so twice: what lies between is kept for the next report.
  if (engagedMs > 99 || vitals) {
    track('engagement', { metrics: { engagedMs, scrollDepth, ...vitals?.() } })
    engagedMs = 0
    vitals = undefined
  }
}

const leave = () => {
  report()
  flush()
}

const closest = (event: Event, selector: string) => (event.target as Element).closest<HTMLElement>(selector)

const reach = (element: HTMLElement | null | undefined) =>
  element && track('conversion', { goal: element.dataset.goal, value: element.dataset.value })

const start = () => {
  if (lastUrl) return
  stored(() => {
    for (const key in localStorage) if (key.match(prefix)) pending[key] = localStorage[key]
  })
  retry()
  view()
  watch()
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = (...values) => {
      original.apply(history, values)
      view()
    }
  }
  const listeners: Record<string, (event: Event) => void> = {
    popstate: view,
    pageshow: view,
    online: retry,
    focus: watch,
    blur: watch,
    scroll: scrolled,
    pagehide: leave,
    visibilitychange: leave,
    click: (event) => {
      const tracked = closest(event, '[data-track]')
      if (tracked)
        track('click', {
          properties: { label: (tracked.dataset.track || (tracked.textContent as string)).trim().slice(0, 100) },
        })
      reach(closest(event, '[data-goal]:not(form)'))
    },
    submit: (event) => reach(closest(event, 'form[data-goal]')),
  }
  for (const type in listeners) addEventListener(type, listeners[type] as (event: Event) => void, true)
}

const begin = () => {
  if (allowed && !optedOut) {
    if ((document as { prerendering?: boolean }).prerendering) addEventListener('prerenderingchange', start, true)
    else start()
  }
}

window.espalier = {
  track: (name, properties) => track(name, { properties }),
  visitor: visitorId,
  goal: (goal, properties, value) => track('conversion', { goal, value, properties }),
  identify: (id) => {
    // What happened until now is of whom they were until now.
    flush()
    options.visitor = id
  },
  consent: (given) => {
    allowed = +given
    stored(() => (localStorage[consentKey] = allowed))
    begin()
    if (!given) {
      queue.splice(0)
      forget(visitorKey)
      for (const key in pending) forget(key)
    }
  },
}
begin()
