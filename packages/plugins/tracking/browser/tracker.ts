/**
 * The tracker: what pages load to be counted. No cookies; never delays a navigation; every event is kept in
 * localStorage until the collector has acknowledged it, and counts once however often it is sent.
 *
 *   <script defer src="https://…/t.js" data-site="KEY"></script>
 *
 * Counts pageviews (also of single-page navigation), clicks on `[data-track]`, conversions on `[data-goal]`
 * (a click; on a form, its submission), and, when a page is left, how long it was looked at, how far down, and
 * how fast it was. `espalier.track`, `espalier.goal` and `espalier.consent` are for the page's own code.
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
const cookieless = 'cookieless' in options
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
    if (!cookieless) return work()
  } catch {
    // Blocked.
  }
  return undefined
}

let allowed = +(stored(() => localStorage[consentKey]) ?? !options.consent)

const optedOut =
  !options.doNotTrack &&
  (navigator.doNotTrack === '1' || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)

const track = (name: string, more?: Partial<TrackerEvent>) => {
  if (!lastUrl || !allowed) return
  queue.push({ id: newId(clock()), name, url: lastUrl, referrer, ...more })
  timer ??= setTimeout(flush, 100)
}

const clock = () => Date.now() + offset

/** A UUIDv7: the event's instant, and chance. Ids of one page ascend, so that its events stay in their order. */
const newId = (time: number) => {
  lastTime = Math.max(lastTime + 1, time)
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
  options.context || !lastUrl || !allowed
    ? undefined
    : stored<string>(() => (localStorage[visitorKey] ||= newId(clock())))

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
    pending[key] = text
    stored(() => (localStorage[key] = text))
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
  if (Math.abs(wrong) > 300_000) {
    offset += wrong
    lastTime = 0
    const { events } = JSON.parse(body) as { events: TrackerEvent[] }
    for (const { index, code } of rejected) {
      const event = events[index] as TrackerEvent
      // TOO_OLD, CLOCK_AHEAD.
      if (/_/.test(code)) queue.push({ ...event, id: newId(Number.parseInt(event.id.replace('-', ''), 16) + wrong) })
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
    if (lastUrl) report()
    referrer = lastUrl || referrer
    lastUrl = url
    scrollDepth = 0
    track('pageview')
  }
}

/** Time counts while the page is visible and has the focus. */
const watch = () => {
  const now = performance.now()
  if (activeSince) engagedMs += now - activeSince
  activeSince = !document.hidden && document.hasFocus() ? now : 0
}

const scrolled = () => {
  scrollDepth = Math.max(scrollDepth, ((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100)
}

/** How long and how far the page was read since the last report; how fast it was, once. */
const report = () => {
  watch()
  scrolled()
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
    for (const key in localStorage) if (key.startsWith(prefix)) pending[key] = localStorage[key]
  })
  retry()
  view()
  watch()
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...values) {
      original.apply(this, values)
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
  visitor: visitorId,
  track: (name, properties) => track(name, { properties }),
  goal: (goal, properties, value) => track('conversion', { goal, properties, value }),
  consent: (given) => {
    allowed = +given
    stored(() => (localStorage[consentKey] = allowed))
    begin()
    if (!allowed) {
      queue.length = 0
      forget(visitorKey)
      for (const key in pending) forget(key)
    }
  },
}
begin()
