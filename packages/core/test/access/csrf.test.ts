import { expect, test } from 'vitest'
import { refuseCrossSite } from '../../src/access/csrf.ts'
import { Origins } from '../../src/http/origins.ts'

const origins = new Origins('https://growth.example', ['https://trusted.example'])
const cookie = { cookie: '__Host-espalier.session_token=x' }
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

function answer(headers: Record<string, string>, method = 'POST', from = origins): 'passed' | 'refused' {
  try {
    refuseCrossSite({ method, headers: new Headers(headers) }, from)
    return 'passed'
  } catch {
    return 'refused'
  }
}

test.each([
  ['our own page', { ...cookie, origin: 'https://growth.example' }, 'passed'],
  ['a trusted page', { ...cookie, origin: 'https://trusted.example' }, 'passed'],
  ['our own page of a browser that sends no Origin', { ...cookie, 'sec-fetch-site': 'same-origin' }, 'passed'],
  ['a foreign page', { ...cookie, ...json, origin: 'https://evil.example' }, 'refused'],
  [
    'a foreign page that says otherwise',
    { ...cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    'refused',
  ],
  ['a sibling host', { ...cookie, origin: 'https://evil.growth.example' }, 'refused'],
  ['a name that only begins like ours', { ...cookie, origin: 'https://growth.example.evil.example' }, 'refused'],
  ['our host over plain http', { ...cookie, origin: 'http://growth.example' }, 'refused'],
  ['our host on another port', { ...cookie, origin: 'https://growth.example:8443' }, 'refused'],
  ['a sandboxed frame', { ...cookie, ...json, origin: 'null' }, 'refused'],
  ['a foreign page without Origin', { ...cookie, ...json, 'sec-fetch-site': 'cross-site' }, 'refused'],
  ['a sibling host without Origin', { ...cookie, ...json, 'sec-fetch-site': 'same-site' }, 'refused'],
  ['a form of an old browser', { ...cookie, ...form }, 'refused'],
  ['a text form of an old browser', { ...cookie, 'content-type': 'text/plain' }, 'refused'],
  ['a client that is no browser and sends JSON', { ...cookie, ...json }, 'passed'],
  ['a foreign page without a cookie', { ...json, origin: 'https://evil.example' }, 'passed'],
  ['an API key, wherever from', { ...cookie, authorization: 'Bearer esp_x', origin: 'https://evil.example' }, 'passed'],
  ['an API key in its own header', { ...cookie, 'x-api-key': 'esp_x', origin: 'https://evil.example' }, 'passed'],
] as const)('a post from %s is %3$s', (_, headers, expected) => {
  expect(answer(headers)).toBe(expected)
})

test('every method that changes something is guarded, those that only read are not', () => {
  const foreign = { ...cookie, origin: 'https://evil.example' }
  const answers = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS'].map((method) => answer(foreign, method))
  expect(answers).toEqual(['refused', 'refused', 'refused', 'refused', 'passed', 'passed', 'passed'])
})

test('a laptop is the same under each of its names, on its own port', () => {
  const local = new Origins('http://127.0.0.1:4000')
  const from = (origin: string) => answer({ ...cookie, origin }, 'POST', local)
  expect(['http://localhost:4000', 'http://[::1]:4000', 'http://127.0.0.1:4000'].map(from)).toEqual([
    'passed',
    'passed',
    'passed',
  ])
  expect(['http://localhost:4001', 'https://localhost:4000', 'http://127.0.0.2:4000'].map(from)).toEqual([
    'refused',
    'refused',
    'refused',
  ])
})
