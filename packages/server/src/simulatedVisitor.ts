import type { Random } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'

/** What a visitor did on the page. */
export interface Visit {
  readonly clicked: boolean
  readonly converted: boolean
}

interface VisitOptions {
  /** The chance in [0, 1] that who sees a headline converts. Default: from 5 % to 20 %, drawn from the headline. */
  readonly rateOf?: (headline: string) => number
  /** That the browser sends beside its own. */
  readonly headers?: Readonly<Record<string, string>>
}

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/**
 * One visitor with a browser of their own: loads the page, tells the collector what a tracker would, reads for a while, perhaps
 * clicks, perhaps converts. Each version of the page has a conversion rate of its own, from 5 % to 20 %.
 *
 * @throws when the server refuses the page or the report
 */
export async function simulateVisitor(
  page: URL,
  random: Random,
  { rateOf = trueRate, headers = {} }: VisitOptions = {},
): Promise<Visit> {
  const html = await (
    await request(page, { headers: { 'user-agent': userAgent, accept: 'text/html', ...headers } })
  ).text()
  const site = attribute(html, 'data-site')
  const context = attribute(html, 'data-context')
  if (!site || !context) throw new Error(`${page} carries no tracker: is it a landing page?`)

  const goal = attribute(html, 'data-goal')
  const clicked = random.next() < 0.35
  // Most leave soon, a few stay for minutes: an exponential with a mean of 20 seconds.
  const engagedMs = Math.round(-20_000 * Math.log(1 - random.next()))
  const converted = goal !== undefined && random.next() < rateOf(/<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? '')
  const events = [
    { name: 'pageview' },
    ...(clicked ? [{ name: 'click', properties: { target: attribute(html, 'data-track') ?? 'page' } }] : []),
    ...(converted ? [{ name: 'conversion', goal }] : []),
    { name: 'engagement', metrics: { engagedMs } },
  ].map((event) => ({ id: uuidv7(), url: page.href, ...event }))
  const response = await request(new URL('/collect', page), {
    method: 'POST',
    headers: { 'user-agent': userAgent, 'content-type': 'text/plain', ...headers },
    body: JSON.stringify({ site, context, events }),
  })
  const { rejected } = (await response.json()) as { rejected?: { message: string }[] }
  if (rejected?.[0]) throw new Error(`The collector refused an event: ${rejected[0].message}`)
  return { clicked, converted }
}

/** The rate that a version of the page would have with endless visitors, drawn from its headline. */
function trueRate(headline: string): number {
  const sum = [...headline].reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 1009, 7)
  return 0.05 + (sum / 1009) * 0.15
}

function attribute(html: string, name: string): string | undefined {
  return new RegExp(`${name}="([^"]+)"`).exec(html)?.[1]
}

/** Asks again after the time that the server names, when it has been asked too often. */
async function request(url: URL, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url, init)
    if (response.ok) return response
    await response.body?.cancel()
    if (response.status !== 429 || attempt === 5) throw new Error(`${url} answered ${response.status}.`)
    const seconds = Number(response.headers.get('retry-after')) || 1
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  }
}
