import { pino } from 'pino'
import { expect, test } from 'vitest'
import { RepeatedLog } from '../../src/repeatedLog.ts'

test('an outage is one line, and those like it are counted into the next', () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) })
  let now = 0
  const repeated = new RepeatedLog(log, { now: () => new Date(now) })
  for (; now < 10_000; now += 100) repeated.warn({ route: '/collect' }, 'refused')
  expect(lines).toHaveLength(1)
  repeated.warn({}, 'something else')
  expect(lines).toHaveLength(2)
  repeated.warn({ route: '/collect' }, 'refused')
  expect(lines[2]).toMatchObject({ msg: 'refused', unsaid: 99 })
  now = 60_000
  repeated.warn({ route: '/collect' }, 'refused')
  expect(lines[3]).not.toHaveProperty('unsaid')
})
