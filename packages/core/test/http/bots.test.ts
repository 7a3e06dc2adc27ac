import { describe, expect, it } from 'vitest'
import { isBotAgent, isBotRequest } from '../../src/http/bots.ts'

const people = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  'Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.0]',
  'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/122.0.0.0',
]

const machines = [
  '',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
  'curl/8.5.0',
  'Wget/1.21.4',
  'python-requests/2.32.3',
  'python-httpx/0.28.0',
  'Go-http-client/2.0',
  'okhttp/4.12.0',
  'Java/21.0.4',
  'Apache-HttpClient/5.4 (Java/21)',
  'axios/1.7.9',
  'node',
  'undici',
  'got (https://github.com/sindresorhus/got)',
  'Deno/2.1.4',
  'Bun/1.1.38',
  'Ruby',
  'GuzzleHttp/7',
  'PostmanRuntime/7.43.0',
  'k6/0.55.0 (https://k6.io/)',
]

describe('Bots', () => {
  it.each(people)("a person's browser is none: %s", (agent) => {
    expect(isBotAgent(agent)).toBe(false)
  })

  it.each(machines)('crawlers, monitors, libraries and headless browsers are: %s', (agent) => {
    expect(isBotAgent(agent)).toBe(true)
  })

  it('so is what a browser fetches ahead of a visit that may never happen', () => {
    const headers = (extra: Record<string, string>) => new Headers({ 'user-agent': people[0] as string, ...extra })
    expect(isBotRequest('GET', headers({}))).toBe(false)
    expect(isBotRequest('GET', headers({ 'sec-purpose': 'prefetch' }))).toBe(true)
    expect(isBotRequest('GET', headers({ 'sec-purpose': 'prefetch;prerender' }))).toBe(true)
    expect(isBotRequest('GET', headers({ purpose: 'prefetch' }))).toBe(true)
    expect(isBotRequest('GET', headers({ 'x-moz': 'prefetch' }))).toBe(true)
    expect(isBotRequest('HEAD', headers({}))).toBe(true)
  })
})
