import { describe, expect, test } from 'vitest'
import { conflictOf } from '../src/forms/conflict.ts'
import { wrongsOf } from '../src/forms/problems.ts'

describe('What the server refuses is put at the fields that it is about', () => {
  const fields = ['name', 'variants.0.weight', 'variants.1.weight', 'goal', 'password']
  const find = (path: string) => wrongsOf(fields, { message: 'Wrong.', issues: [{ path, message: 'No.' }] })[0]?.field

  test.each([
    ['input.name', 'name'],
    ['input.variants.1.weight', 'variants.1.weight'],
    ['input.goal.event.name', 'goal'],
    // An argument that stands by itself.
    ['password', 'password'],
    ['input.garden', undefined],
    ['input', undefined],
    ['', undefined],
  ])('%s is the field %s', (path, field) => {
    expect(find(path)).toBe(field)
  })

  test('a refusal without issues is about the whole', () => {
    expect(wrongsOf(fields, { message: 'It is gone.', issues: [] })).toEqual([{ message: 'It is gone.' }])
  })
})

describe('Two people changed the same thing', () => {
  const base = { title: 'Pears', lead: 'Sweet', tags: ['a'], note: '' }

  test('what one of them alone changed is kept, whoever it was', () => {
    const conflict = conflictOf(base, { ...base, title: 'Apples' }, { ...base, lead: 'Sour' })
    expect(conflict.both).toEqual([])
    expect(conflict.theirs).toEqual(['lead'])
    expect(conflict.merge({})).toEqual({ ...base, title: 'Apples', lead: 'Sour' })
  })

  test('where both changed a field, somebody chooses', () => {
    const conflict = conflictOf(
      base,
      { ...base, title: 'Apples', tags: ['b'] },
      { ...base, title: 'Quinces', tags: ['c'] },
    )
    expect(conflict.both).toEqual(['title', 'tags'])
    expect(conflict.merge({ title: 'mine', tags: 'theirs' })).toEqual({ ...base, title: 'Apples', tags: ['c'] })
    expect(conflict.merge({})).toMatchObject({ title: 'Quinces' })
  })

  test('who wrote the same has no conflict', () => {
    expect(conflictOf(base, { ...base, tags: ['b'] }, { ...base, tags: ['b'] }).both).toEqual([])
  })
})
