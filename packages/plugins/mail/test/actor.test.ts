import { describe, expect, test } from 'vitest'
import { type Actor, type Hit, judge } from '../src/tracking/actor.ts'
import { honeypotIndex } from '../src/tracking/linkTokens.ts'
import { isScannerNetwork, networkOf } from '../src/tracking/scannerNetworks.ts'

const delivered = new Date('2026-05-04T10:00:00Z')
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const appleMail = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const gmailProxy = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
const safeLinks = '40.94.31.0'

const hit = (seconds: number, fields: Partial<Hit> = {}): Omit<Hit, 'id'> => ({
  kind: 'click',
  at: new Date(delivered.getTime() + seconds * 1000),
  index: 0,
  method: 'GET',
  userAgent: chrome,
  network: '192.0.2.0',
  prefetch: false,
  ...fields,
})
const open = (seconds: number, userAgent: string, fields: Partial<Hit> = {}) =>
  hit(seconds, { kind: 'open', userAgent, ...fields })

describe('who it was', () => {
  test.each<[string, Omit<Hit, 'id'>[], [Actor, string][]]>([
    [
      'a person opens and follows a link',
      [open(300, appleMail), hit(320)],
      [
        ['human', 'browser'],
        ['human', 'browser'],
      ],
    ],
    ['a quick person, five seconds after it came', [hit(5)], [['human', 'browser']]],
    [
      'two links within a minute',
      [hit(60), hit(90, { index: 1 })],
      [
        ['human', 'browser'],
        ['human', 'browser'],
      ],
    ],
    ['the same link again and again', [hit(60), hit(61), hit(62), hit(63)], Array(4).fill(['human', 'browser'])],
    ['Apple’s privacy proxy reads the pictures', [open(30, 'Mozilla/5.0')], [['machine', 'applePrivacy']]],
    [
      'and then its owner follows a link',
      [open(30, 'Mozilla/5.0'), hit(4_000, { userAgent: appleMail })],
      [
        ['machine', 'applePrivacy'],
        ['human', 'browser'],
      ],
    ],
    ['Gmail’s proxy, while it delivers', [open(4, gmailProxy)], [['machine', 'early']]],
    ['Gmail’s proxy, for somebody who looks', [open(3_600, gmailProxy)], [['unknown', 'imageProxy']]],
    [
      'Safe Links tries all links',
      [0, 1, 2, 3].map((index) => hit(20 + index * 0.4, { index, network: safeLinks })),
      Array(4).fill(['machine', 'burst']),
    ],
    ['Safe Links opens one', [hit(40, { network: '40.92.10.0' })], [['machine', 'network']]],
    ['a gateway that looks like Chrome, before it delivers', [hit(-3)], [['machine', 'early']]],
    ['a gateway that looks like Chrome, one second after', [hit(1)], [['machine', 'early']]],
    [
      'a gateway that tries three links, and the pixel',
      [open(100, chrome), hit(100), hit(101, { index: 1 }), hit(104, { index: 2 })],
      Array(4).fill(['machine', 'burst']),
    ],
    [
      'three links within six seconds',
      [hit(100), hit(103, { index: 1 }), hit(106, { index: 2 })],
      Array(3).fill(['human', 'browser']),
    ],
    [
      'its owner, two minutes after a burst',
      [hit(100), hit(101, { index: 1 }), hit(102, { index: 2 }), hit(230)],
      [...Array(3).fill(['machine', 'burst']), ['human', 'browser']],
    ],
    [
      'whoever follows the link that nobody sees',
      [hit(100, { index: honeypotIndex }), hit(130, { index: 1 })],
      Array(2).fill(['machine', 'honeypot']),
    ],
    ['a look at the headers alone', [hit(100, { method: 'HEAD' })], [['machine', 'head']]],
    ['a browser that looks ahead', [hit(100, { prefetch: true })], [['machine', 'prefetch']]],
    ['a library', [hit(100, { userAgent: 'python-requests/2.32' })], [['machine', 'agent']]],
    ['nobody says who', [hit(100, { userAgent: '' })], [['machine', 'agent']]],
    [
      'a crawler',
      [hit(100, { userAgent: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' })],
      [['machine', 'agent']],
    ],
    [
      'isolated browsing of a person, an hour later',
      [hit(20, { userAgent: '' }), hit(3_600)],
      [
        ['machine', 'agent'],
        ['human', 'browser'],
      ],
    ],
  ])('%s', (_name, hits, expected) => {
    const verdicts = judge(
      hits.map((one, index) => ({ ...one, id: String(index) })),
      delivered,
    )
    expect([...verdicts.values()].map(({ actor, reason }) => [actor, reason])).toEqual(expected)
  })

  test('does not depend on the order in which it was heard of', () => {
    const hits = [hit(100), hit(101, { index: 1 }), hit(102, { index: 2 }), hit(300)].map((one, index) => ({
      ...one,
      id: String(index),
    }))
    const there = judge(hits, delivered)
    const back = judge(hits.toReversed(), delivered)
    expect(new Map([...back].sort())).toEqual(there)
  })

  test('where it is not known when the mail came, nobody was too early', () => {
    expect(judge([{ ...hit(-3), id: 'a' }], null).get('a')?.actor).toBe('human')
  })
})

describe('a network', () => {
  test.each([
    ['203.0.113.77', '203.0.113.0'],
    ['2001:db8:aa:bb:1:2:3:4', '2001:db8:aa::'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['unknown', ''],
    ['', ''],
  ])('of %s is %s: no household is told from another', (address, network) => expect(networkOf(address)).toBe(network))

  test.each([
    ['40.93.255.0', true],
    ['40.94.0.0', false],
    ['52.103.1.0', true],
    ['104.47.127.0', true],
    ['104.47.128.0', false],
    ['2001:db8::', false],
    ['', false],
  ])('%s is a gateway’s: %s', (network, expected) => expect(isScannerNetwork(network)).toBe(expected))
})
