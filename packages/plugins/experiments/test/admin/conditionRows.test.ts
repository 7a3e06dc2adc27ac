import { describe, expect, it } from 'vitest'
import { conditionOf, rowsOf } from '../../admin/condition/conditionRows.ts'
import { conditionInput } from '../../src/assignment/conditionInput.ts'

describe('a condition as rows', () => {
  it.each([
    { country: 'FR' },
    { country: { $in: ['FR', 'BE'] }, device: { $ne: 'mobile' } },
    { utmSource: { $nin: ['news', 'mail'] } },
    { path: { $regex: '^/pricing' }, age: { $gt: 18 } },
    { plan: { $exists: true } },
    { $and: [{ age: { $gt: 18 } }, { age: { $lt: 30 } }] },
  ])('is read and written as it was: %j', (condition) => {
    const rows = rowsOf(condition)
    expect(rows).toBeDefined()
    expect(conditionOf(rows ?? [])).toEqual(condition)
    expect(conditionInput.safeParse(condition).success).toBe(true)
  })

  it('reads several comparisons of one attribute as rows that all have to hold', () => {
    expect(conditionOf(rowsOf({ age: { $gt: 18, $lt: 30 } }) ?? [])).toEqual({
      $and: [{ age: { $gt: 18 } }, { age: { $lt: 30 } }],
    })
  })

  it('lets everybody in without rows, and leaves out those whose attribute nobody has named yet', () => {
    expect(rowsOf(null)).toEqual([])
    expect(conditionOf([])).toBeNull()
    expect(conditionOf([{ attribute: ' ', operator: 'is', value: 'x' }])).toBeNull()
  })

  it.each([
    { $or: [{ country: 'FR' }, { country: 'BE' }] },
    { tags: { $elemMatch: { $eq: 'a' } } },
    { age: 18 },
    { name: { $in: ['Martin, Ada'] } },
    { age: { $not: { $gt: 3 } } },
    [],
    'FR',
  ])('stays JSON where rows would lose something: %j', (condition) => {
    expect(rowsOf(condition)).toBeUndefined()
  })

  it('takes numbers as they are typed in French', () => {
    expect(conditionOf([{ attribute: 'score', operator: 'above', value: '1,5' }])).toEqual({ score: { $gt: 1.5 } })
  })
})
