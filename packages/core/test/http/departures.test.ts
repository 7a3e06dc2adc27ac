import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Departures } from '../../src/http/departures.ts'

test('answers of a turn leave together after it, in the order in which they were ready', async () => {
  const departures = new Departures()
  const left: number[] = []
  for (const answer of [1, 2, 3]) departures.add(() => left.push(answer))
  expect(left).toEqual([])
  await nextTurn()
  expect(left).toEqual([1, 2, 3])
})

test('one that becomes ready while others leave is not forgotten', async () => {
  const departures = new Departures()
  const left: string[] = []
  departures.add(() => {
    left.push('first')
    departures.add(() => left.push('meanwhile'))
  })
  await nextTurn()
  await nextTurn()
  expect(left).toEqual(['first', 'meanwhile'])
})

test('no answer waits for more than 31 others', async () => {
  const departures = new Departures()
  let left = 0
  for (let answer = 0; answer < 70; answer++) departures.add(() => left++)
  expect(left).toBe(64)
  await nextTurn()
  expect(left).toBe(70)
})
