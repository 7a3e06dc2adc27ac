import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { page } from '../src/routing/page.ts'

const load = async () => ({ default: () => null })
const title = { en: 'Entries', fr: 'Entrées' }

describe('a page', () => {
  const entries = page({
    path: 'guestbook/$id',
    title,
    search: v.object({
      status: v.fallback(v.picklist(['held', 'shown', 'all']), 'all'),
      from: v.fallback(v.optional(v.pipe(v.string(), v.isoDate())), undefined),
    }),
    load,
  })

  test('reads its state out of the address', () => {
    expect(entries.readSearch({ status: 'held', from: '2026-11-21' })).toEqual({ status: 'held', from: '2026-11-21' })
  })

  test('opens with its defaults where the address says nothing or nonsense', () => {
    expect(entries.readSearch({})).toEqual({ status: 'all' })
    expect(entries.readSearch({ status: 7, from: 'yesterday', more: true })).toEqual({ status: 'all' })
    expect(entries.readSearch('?')).toEqual({ status: 'all' })
  })

  test('without a state in the address reads none', () => {
    expect(page({ path: 'x', title, load }).readSearch({ any: 1 })).toEqual({})
  })
})
