/**
 * The tracker: what pages load to be counted. No cookies; never delays a navigation; every event is kept in
 * localStorage until the collector has acknowledged it, and counts once however often it is sent.
 *
 *   <script defer src="https://…/t.js" data-site="KEY"></script>
 *
 * Counts pageviews (also of single-page navigation), clicks on `[data-track]`, and conversions on `[data-goal]`
 * (a click; on a form, its submission). `espalier.track(name, properties)` and `espalier.goal(name, properties)`
 * are for the rest.
 */
export {}

interface TrackerEvent {
  id: string
  name: string
  goal?: string | undefined
  url: string
  referrer: string
  properties?: Record<string, unknown> | undefined
}

interface Answer {
  now: number
  rejected: { index: number; code: string }[]
}

type Properties = Record<string, unknown>

/** Batches that wait for their acknowledgement, in localStorage. */
const prefix = 'espalier.batch.'
const script = document.currentScript as HTMLScriptElement
const site = script.dataset.site
const endpoint = new URL('/collect', script.src).href
const page = JSON.parse(document.getElementById('espalier-context')?.textContent || '{}') as {
  visitorId?: string
  token?: string
}
const queue: TrackerEvent[] = []
/** Batches of this page that wait for their acknowledgement: all there is where storage is blocked. */
const pending: Record<string, string> = {}
/** As many events of the largest size as fit into the collector's 64 KiB. */
const batchSize = 7
let timer: ReturnType<typeof setTimeout> | undefined
let retryTimer: ReturnType<typeof setTimeout> | undefined
/** What the server's clock is ahead of this one, in milliseconds. */
let offset = 0
let retryDelay = 2000
let lastUrl = ''
let referrer = document.referrer

const track = (name: string, properties?: Properties, goal?: string) => {
  queue.push({
    id: newId(clock()),
    name,
    goal,
    url: lastUrl.slice(0, 2048),
    referrer: referrer.slice(0, 2048),
    properties,
  })
  timer ??= setTimeout(flush, 100)
}

const clock = () => Date.now() + offset

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

let lastTime = 0
/** A UUIDv7: the event's instant, and chance. Ids of one page ascend, so that its events stay in their order. */
const newId = (time: number) => {
  lastTime = Math.max(lastTime + 1, time)
  const [a, b, c, d, e] = crypto.getRandomValues(new Uint16Array(5)) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ]
  const at = hex(lastTime, 12)
  return `${at.slice(0, 8)}-${at.slice(8)}-7${hex(a & 0xfff, 3)}-${hex((b & 0x3fff) | 0x8000, 4)}-${hex(c, 4)}${hex(d, 4)}${hex(e, 4)}`
}

/** Storage may be blocked: then events live as long as the page. */
const stored = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** A random id that a storage keeps. */
const keptId = (storage: () => Storage, key: string) => {
  const id = stored(() => storage().getItem(key)) || newId(clock())
  stored(() => storage().setItem(key, id))
  return id
}

const flush = () => {
  clearTimeout(timer)
  timer = undefined
  while (queue.length) {
    const events = queue.splice(0, batchSize)
    const visitorId = page.visitorId || keptId(() => localStorage, 'espalier.visitor')
    const body = {
      site,
      visitorId,
      sessionId: keptId(() => sessionStorage, 'espalier.session'),
      context: page.token,
      events,
    }
    const key = prefix + newId(clock())
    const text = JSON.stringify(body)
    pending[key] = text
    stored(() => localStorage.setItem(key, text))
    send(key, text)
  }
}

/** Sends a batch; what is not acknowledged is sent again later, in this page or the next. */
const send = async (key: string, text: string) => {
  try {
    const response = await fetch(endpoint, { method: 'POST', body: text, keepalive: true, credentials: 'omit' })
    if (response.status > 499 || response.status === 429) throw response
    delete pending[key]
    stored(() => localStorage.removeItem(key))
    retryDelay = 2000
    adjustClock((await response.json()) as Answer, text)
  } catch {
    retryTimer ??= setTimeout(retry, retryDelay)
    retryDelay = Math.min(retryDelay * 2, 600_000)
  }
}

/** Where this clock is wrong, events that were refused for it get new ids by the server's. */
const adjustClock = ({ now, rejected }: Answer, text: string) => {
  const wrong = now - clock()
  if (!(Math.abs(wrong) > 300_000)) return
  offset += wrong
  lastTime = 0
  const { events } = JSON.parse(text) as { events: TrackerEvent[] }
  for (const { index, code } of rejected) {
    const event = events[index]
    if (event && /OLD|AHEAD/.test(code))
      queue.push({ ...event, id: newId(Number.parseInt(event.id.replace('-', '').slice(0, 12), 16) + wrong) })
  }
  flush()
}

/** Sends all that waits, also what pages before this one left behind. */
const retry = () => {
  clearTimeout(retryTimer)
  retryTimer = undefined
  const waiting = { ...stored(() => localStorage), ...pending } as Record<string, string>
  for (const key in waiting) if (key.startsWith(prefix)) send(key, waiting[key] as string)
}

const view = () => {
  const url = location.href.replace(/#.*/, '')
  if (url === lastUrl) return
  referrer = lastUrl || referrer
  lastUrl = url
  track('pageview')
}

const closest = (event: Event, selector: string) => (event.target as Element | null)?.closest?.<HTMLElement>(selector)

const start = () => {
  retry()
  view()
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...values) {
      original.apply(this, values)
      view()
    }
  }
  addEventListener('popstate', view)
  addEventListener('online', retry)
  addEventListener('pagehide', flush)
  document.addEventListener('visibilitychange', () => document.hidden && flush())
  document.addEventListener(
    'click',
    (event) => {
      const tracked = closest(event, '[data-track]')
      if (tracked) track('click', { label: (tracked.dataset.track || tracked.textContent || '').trim().slice(0, 100) })
      const goal = closest(event, '[data-goal]:not(form)')
      if (goal) track('conversion', undefined, goal.dataset.goal || undefined)
    },
    true,
  )
  document.addEventListener(
    'submit',
    (event) => {
      const form = closest(event, 'form[data-goal]')
      if (form) track('conversion', undefined, form.dataset.goal || undefined)
    },
    true,
  )
}

const optedOut = navigator.doNotTrack === '1' || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
const counts = !optedOut || script.dataset.doNotTrack === 'ignore'
Object.assign(window, {
  espalier: {
    track: (name: string, properties?: Properties) => counts && track(name, properties),
    goal: (name: string, properties?: Properties) => counts && track('conversion', properties, name),
  },
})
if (counts) {
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener('prerenderingchange', start, { once: true })
  else start()
}
