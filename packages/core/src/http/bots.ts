import { isbot } from 'isbot'
import { LRUCache } from 'lru-cache'

/**
 * Whether a request does not come from a visitor: crawlers, monitors, previews, HTTP libraries, headless
 * browsers, and fetches that a browser does ahead of a visit that may never happen. Flagged, never refused:
 * a wrong guess may cost a count, not a reader.
 */
export function isBotRequest(method: string, headers: Pick<Headers, 'get'>): boolean {
  if (method === 'HEAD' || isPrefetch(headers)) return true
  return isBotAgent(headers.get('user-agent') ?? '')
}

/** Whether the user agent names itself as something other than a person's browser. An empty one does. */
export function isBotAgent(userAgent: string): boolean {
  const known = verdicts.get(userAgent)
  if (known !== undefined) return known
  const verdict = userAgent.trim() === '' || isbot(userAgent) || automation.test(userAgent)
  // Longer ones are rare, and must not fill the memory.
  if (userAgent.length <= 512) verdicts.set(userAgent, verdict)
  return verdict
}

/** A few hundred browsers make nearly all of the traffic, and the expressions are long. */
const verdicts = new LRUCache<string, boolean>({ max: 2_000 })

/** Libraries and drivers by the names that they send unless told otherwise, beside what isbot knows. */
const automation =
  /headless|puppeteer|playwright|selenium|webdriver|phantomjs|cypress|slimerjs|\b(?:curl|wget|httpie|libwww|lwp|python|aiohttp|httpx|go-http-client|java|okhttp|apache-httpclient|axios|node|undici|got|deno|bun|ruby|faraday|guzzlehttp|php|perl|rust|reqwest|hyper|postman|insomnia|k6|wrk|vegeta|autocannon)\b[/ -]?[\d.]*/i

/** https://wicg.github.io/nav-speculation/prefetch.html: `Sec-Purpose: prefetch;prerender`, and the older names. */
function isPrefetch(headers: Pick<Headers, 'get'>): boolean {
  const purpose =
    headers.get('sec-purpose') ?? headers.get('purpose') ?? headers.get('x-purpose') ?? headers.get('x-moz')
  return purpose !== null && /\b(?:prefetch|prerender|preview)\b/i.test(purpose)
}
