import { createMemoryHistory } from '@tanstack/history'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { readPath, readSearch, writePath, writeSearch } from '../src/routing/address.ts'
import { page } from '../src/routing/page.ts'
import { createRouter } from '../src/routing/router.ts'

const load = async () => ({ default: () => null })
const title = { en: 'A page', fr: 'Une page' }
const search = v.object({
  q: v.fallback(v.string(), ''),
  filters: v.fallback(v.array(v.string()), []),
  first: v.fallback(v.number(), 50),
  view: v.optional(v.string()),
})
const home = page({ path: '', title, load })
const one = page({ path: 'pages/$id', title, load })
const list = page({ path: 'pages', title, search, load })
const anew = page({ path: 'pages/new', title, load })

function routerAt(address: string) {
  const history = createMemoryHistory({ initialEntries: [address] })
  return createRouter([home, one, list, anew], { base: '/admin', history })
}

test.each([
  ['/admin', home, {}],
  ['/admin/', home, {}],
  ['/admin/pages/', list, {}],
  // A slash too many is not a parameter.
  ['/admin/pages//', list, {}],
  ['/admin/pages/new', anew, {}],
  ['/admin/pages/a%2Fb%20c', one, { id: 'a/b c' }],
] as const)('%s stands for a page', (address, page, params) => {
  expect(routerAt(address).place()).toMatchObject({ page, params })
})

test.each(['/admin/pages/1/2', '/admin/nowhere', '/admin/pages/%E0%A4%A'])('%s stands for none', (address) => {
  expect(routerAt(address).place()).toMatchObject({ page: undefined, params: {} })
})

test('what is written into an address is what is read', () => {
  for (const state of [
    { text: 'plain', empty: '', number: 42, yes: true, nothing: null },
    { text: '42', more: 'true', quoted: '"x"', braces: '{oak' },
    { nested: { list: ['a', 'é & b=c'], deep: { one: 1 } } },
  ])
    expect(readSearch(writeSearch(state))).toEqual(state)
})

test('the usual is left out of an address, and what people write by hand is read as text', () => {
  expect(writeSearch({ q: 'oak', first: 50, view: undefined, filters: [] }, { first: 50, filters: [] })).toBe('?q=oak')
  expect(readSearch('?a=%7Bbroken&b=x&c')).toEqual({ a: '{broken', b: 'x', c: '' })
})

test('parameters are encoded, so that they stay one segment', () => {
  expect(writePath('pages/$id/edit', { id: 'a/b?c' })).toBe('pages/a%2Fb%3Fc/edit')
  expect(readPath('pages/$id/edit', writePath('pages/$id/edit', { id: 'a/b?c' }))).toEqual({ id: 'a/b?c' })
})

test('goes to a page and back, and state that did not change stays the same object', () => {
  const router = routerAt('/admin/pages?filters=%5B%22a%22%5D')
  const before = router.place()
  router.goTo({ page: list, search: { ...before.search, q: 'oak' } }, { replace: true })
  const after = router.place()
  expect(router.history.location.href).toBe('/admin/pages?q=oak&filters=%5B%22a%22%5D')
  expect(after.search).toEqual({ q: 'oak', filters: ['a'], first: 50 })
  expect(Reflect.get(after.search, 'filters')).toBe(Reflect.get(before.search, 'filters'))

  router.goTo({ page: one, params: { id: '7' }, hash: 'results' })
  expect(router.history.location.href).toBe('/admin/pages/7#results')
  expect(router.place()).toMatchObject({ page: one, params: { id: '7' }, hash: 'results' })
  router.history.back()
  expect(router.place()).toMatchObject({ page: list, search: { q: 'oak' } })
})

test('what an address says wrongly has its default', () => {
  expect(routerAt('/admin/pages?first=many&filters=oak').place().search).toMatchObject({ first: 50, filters: [] })
})
