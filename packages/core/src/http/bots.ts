import { isbot } from 'isbot'

/**
 * Whether a request does not come from a visitor: crawlers, monitors, previews, HTTP libraries, headless
 * browsers, and fetches that a browser does ahead of a visit that may never happen. Flagged, never refused:
 * a wrong guess may cost a count, not a reader.
 */
export function isBotRequest(method: string, headers: Headers): boolean {
  if (method === 'HEAD' || isPrefetch(headers)) return true
  return isBotAgent(headers.get('user-agent') ?? '')
}

/** Whether the user agent names itself as something other than a person's browser. An empty one does. */
export function isBotAgent(userAgent: string): boolean {
  return userAgent.trim() === '' || isbot(userAgent) || automation.test(userAgent)
}

/** Libraries and drivers by the names that they send unless told otherwise, beside what isbot knows. */
const automation =
  /headless|puppeteer|playwright|selenium|webdriver|phantomjs|cypress|slimerjs|\b(?:curl|wget|httpie|libwww|lwp|python|aiohttp|httpx|go-http-client|java|okhttp|apache-httpclient|axios|node|undici|got|deno|bun|ruby|faraday|guzzlehttp|php|perl|rust|reqwest|hyper|postman|insomnia|k6|wrk|vegeta|autocannon)\b[/ -]?[\d.]*/i

/** https://wicg.github.io/nav-speculation/prefetch.html: `Sec-Purpose: prefetch;prerender`, and the older names. */
function isPrefetch(headers: Headers): boolean {
  const purpose =
    headers.get('sec-purpose') ?? headers.get('purpose') ?? headers.get('x-purpose') ?? headers.get('x-moz')
  return purpose !== null && /\b(?:prefetch|prerender|preview)\b/i.test(purpose)
}
