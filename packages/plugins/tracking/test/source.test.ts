import { describe, expect, test } from 'vitest'
import { agentOf } from '../src/agent.ts'
import { countryOf, sourceOf } from '../src/source.ts'

const nobody = { userAgent: '', country: null }
const from = (query: string, referrer: string | null = null) =>
  sourceOf(`https://shop.example/spring${query}`, referrer, nobody)

describe('the channel', () => {
  test.each([
    ['direct', '', null],
    ['organic-search', '', 'https://www.google.com/'],
    ['organic-search', '', 'https://www.google.co.uk/url?q=x'],
    ['organic-search', '', 'https://duckduckgo.com/'],
    ['organic-search', '', 'https://search.brave.com/'],
    ['organic-search', '?utm_source=bing&utm_medium=organic', null],
    ['paid-search', '?gclid=abc', 'https://www.google.com/'],
    ['paid-search', '?utm_source=google&utm_medium=cpc', null],
    ['paid-search', '?utm_source=bing&utm_medium=ppc', null],
    ['social', '', 'https://l.facebook.com/l.php'],
    ['social', '', 'https://t.co/abc'],
    ['social', '', 'https://www.reddit.com/r/x'],
    ['social', '?utm_source=partner&utm_medium=social', null],
    ['paid-social', '?utm_source=facebook&utm_medium=paid_social', null],
    ['paid-social', '?utm_source=LinkedIn&utm_medium=CPC', null],
    ['email', '?utm_source=newsletter&utm_medium=email', null],
    ['email', '?utm_source=e-mail', null],
    ['email', '', 'https://mail.google.com/'],
    ['referral', '', 'https://blog.example.org/post'],
    ['referral', '', 'https://docs.google.com/document'],
    ['referral', '', 'https://notgoogle.example/'],
    ['referral', '?utm_source=partner&utm_medium=referral', null],
    ['display', '?utm_source=network&utm_medium=display', null],
    ['display', '?utm_source=network&utm_medium=cpm', null],
    ['display', '?dclid=abc', null],
    ['other', '?utm_source=flyer&utm_medium=qr', null],
    ['other', '?utm_source=somebody&utm_medium=paid', null],
  ])('is %s for "%s" from %s', (channel, query, referrer) => {
    expect(from(query, referrer).channel).toBe(channel)
  })

  test('is unknown within the site itself, unless a campaign says so', () => {
    expect(from('', 'https://shop.example/')).toMatchObject({ channel: null, referrerHost: null })
    expect(from('?utm_medium=email', 'https://shop.example/')).toMatchObject({ channel: 'email', referrerHost: null })
  })
})

describe('an address', () => {
  test('gives path, campaign and the host that the visitor came from', () => {
    expect(
      from(
        '?utm_source=News&utm_medium=email&utm_campaign=Spring%20sale&utm_term=&utm_content=a',
        'https://Mail.Example.org:8443/x',
      ),
    ).toEqual({
      path: '/spring',
      referrerHost: 'mail.example.org',
      channel: 'email',
      utmSource: 'News',
      utmMedium: 'email',
      utmCampaign: 'Spring sale',
      utmTerm: null,
      utmContent: 'a',
      country: null,
      device: null,
      browser: null,
      os: null,
    })
  })

  test('gives text that can be stored, of bounded length', () => {
    const { utmSource, utmMedium } = from(`?utm_source=${'x'.repeat(199)}%F0%9F%98%80&utm_medium=a%00b`)
    expect(utmSource).toBe(`${'x'.repeat(199)}\ufffd`)
    expect(utmMedium).toBe('ab')
  })

  test.each([['not an address'], ['javascript:alert(1)'], [''], ['http://[']])('"%s" gives nothing', (url) => {
    expect(sourceOf(url, 'nonsense', nobody)).toMatchObject({ path: null, referrerHost: null, channel: null })
  })
})

test.each([
  ['cf-ipcountry', 'FR', 'FR'],
  ['cf-ipcountry', 'fr', 'FR'],
  ['cf-ipcountry', 'XX', null],
  ['cf-ipcountry', 'T1', null],
  ['cf-ipcountry', 'France', null],
  [null, 'FR', null],
])('the country by the header %s: %s is %s', (header, value, country) => {
  expect(countryOf(new Headers({ 'cf-ipcountry': value }), header)).toBe(country)
})

test.each([
  ['desktop', 'Firefox', 'Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  [
    'mobile',
    'Safari',
    'iOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  ],
  [
    'tablet',
    'Safari',
    'iOS',
    'Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1',
  ],
  [
    'mobile',
    'Chrome',
    'Android',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  ],
  [
    'desktop',
    'Microsoft Edge',
    'Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87',
  ],
  ['other', null, null, 'Something of one’s own'],
  [null, null, null, ''],
])('%s, %s on %s', (device, browser, os, userAgent) => {
  expect(agentOf(userAgent)).toEqual({ device, browser, os })
})
