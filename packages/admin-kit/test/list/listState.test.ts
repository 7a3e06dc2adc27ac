import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { gridKey } from '../../src/list/gridKeys.ts'
import { listSearch } from '../../src/list/listSearch.ts'
import { chosenOf, containing, daysOf, isNarrowed, orderOf } from '../../src/list/listVariables.ts'
import { meaningful } from '../../src/list/meaningful.ts'
import { countSelected, isSelected, nothingSelected, select } from '../../src/list/selection.ts'

describe('what stands in the address of a list', () => {
  test('is read, and what is malformed counts as absent', () => {
    expect(v.parse(listSearch, { q: 'pears', sort: '-NAME', filter: { status: ['OPEN'] }, view: 'v' })).toEqual({
      q: 'pears',
      sort: '-NAME',
      filter: { status: ['OPEN'] },
      view: 'v',
    })
    expect(v.parse(listSearch, { q: 7, filter: 'everything', sort: ['x'] })).toEqual({})
  })

  test('that no calendar and no database knows counts as absent', () => {
    const filters = [
      { id: 'at', label: 'At', kind: 'date' },
      { id: 'name', label: 'Name', kind: 'text' },
    ] as const
    const of = (filter: Record<string, string[]>) => meaningful({ filter }, filters).filter
    expect(of({ at: ['2026-11-20', '2026-11-21'] })).toEqual({ at: ['2026-11-20', '2026-11-21'] })
    expect(of({ at: ['', '2026-11-21', '2026-11-22'] })).toEqual({ at: ['', '2026-11-21'] })
    for (const wrong of ['yesterday', '2026-13-45', '2026-02-30', '99999-01-01', '-5-1-1'])
      expect(of({ at: [wrong, '2026-11-21'] })).toEqual({ at: ['', '2026-11-21'] })
    expect(of({ at: ['abc', ''] })).toBeUndefined()
    expect(of({ name: ['pe\0ars\ud800'], type: ['OF_THE_SERVER'] })).toEqual({
      name: ['pears'],
      type: ['OF_THE_SERVER'],
    })
    expect(meaningful({ q: '\0', sort: '-NAME', view: 'v' }, filters)).toEqual({ sort: '-NAME', view: 'v' })
    expect(meaningful({ q: '🍐 %' }, filters)).toEqual({ q: '🍐 %' })
  })

  test('becomes an order of the API, or none', () => {
    expect(orderOf('-CREATED_AT', ['NAME', 'CREATED_AT'])).toEqual({ field: 'CREATED_AT', direction: 'DESC' })
    expect(orderOf('NAME', ['NAME'])).toEqual({ field: 'NAME', direction: 'ASC' })
    expect(orderOf('PASSWORD', ['NAME'])).toBeUndefined()
    expect(orderOf(undefined, ['NAME'])).toBeUndefined()
  })

  test('becomes filters of the API', () => {
    expect(chosenOf(['OPEN', 'no such'], ['OPEN', 'RESOLVED'])).toEqual(['OPEN'])
    expect(chosenOf(['no such'], ['OPEN'])).toBeUndefined()
    expect(containing('  pears ')).toEqual({ contains: 'pears' })
    expect(containing(' ')).toBeUndefined()
  })

  test('days count from midnight to midnight of the reader, both included', () => {
    const { from, until } = daysOf(['2026-11-20', '2026-11-21']) ?? {}
    expect(new Date(from ?? 0).getTime()).toBe(new Date(2026, 10, 20).getTime())
    expect(new Date(until ?? 0).getTime()).toBe(new Date(2026, 10, 22).getTime())
    expect(daysOf(['', '2026-12-31'])).toEqual({ until: new Date(2027, 0, 1).toISOString() })
    expect(daysOf(['yesterday', ''])).toBeUndefined()
    expect(daysOf(undefined)).toBeUndefined()
  })

  test('narrows the list down, or does not', () => {
    expect(isNarrowed({})).toBe(false)
    expect(isNarrowed({ q: ' ', filter: { at: ['', ''] }, sort: '-NAME' })).toBe(false)
    expect(isNarrowed({ filter: { status: ['OPEN'] } })).toBe(true)
  })
})

describe('a selection', () => {
  const row = (id: string) => ({ id })

  test('of some rows', () => {
    const some = select(nothingSelected<{ id: string }>(), [row('a'), row('b')], true)
    expect(isSelected(some, 'a')).toBe(true)
    expect(countSelected(some, 100)).toBe(2)
    expect(countSelected(select(some, [row('a')], false), 100)).toBe(1)
  })

  test('of all that match, without some', () => {
    const all = select({ kind: 'all' as const, without: new Set<string>() }, [row('a')], false)
    expect(isSelected(all, 'a')).toBe(false)
    expect(isSelected(all, 'never seen')).toBe(true)
    expect(countSelected(all, 100)).toBe(99)
    expect(countSelected(all, undefined)).toBeUndefined()
    expect(isSelected(select(all, [row('a')], true), 'a')).toBe(true)
  })
})

describe('keys of a list', () => {
  const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }
  const at = { index: 5, last: 9, perPage: 4 }

  test('move, and stop at the ends', () => {
    expect(gridKey({ ...plain, key: 'ArrowDown' }, at)).toEqual({ kind: 'move', to: 6, selects: false })
    expect(gridKey({ ...plain, key: 'PageDown' }, at)).toEqual({ kind: 'move', to: 9, selects: false })
    expect(gridKey({ ...plain, key: 'PageUp' }, at)).toEqual({ kind: 'move', to: 1, selects: false })
    expect(gridKey({ ...plain, key: 'Home' }, at)).toEqual({ kind: 'move', to: 0, selects: false })
    expect(gridKey({ ...plain, key: 'End' }, at)).toEqual({ kind: 'move', to: 9, selects: false })
    expect(gridKey({ ...plain, key: 'ArrowUp' }, { ...at, index: 0 })).toMatchObject({ to: 0 })
  })

  test('select', () => {
    expect(gridKey({ ...plain, key: ' ' }, at)).toEqual({ kind: 'select', range: false })
    expect(gridKey({ ...plain, key: 'ArrowDown', shiftKey: true }, at)).toMatchObject({ selects: true })
    expect(gridKey({ ...plain, key: 'a', ctrlKey: true }, at)).toEqual({ kind: 'selectAll' })
  })

  test('leave the browser what is the browser’s', () => {
    expect(gridKey({ ...plain, key: 'f', ctrlKey: true }, at)).toBeUndefined()
    expect(gridKey({ ...plain, key: 'ArrowLeft', altKey: true }, at)).toBeUndefined()
    expect(gridKey({ ...plain, key: 'Tab' }, at)).toBeUndefined()
  })
})
