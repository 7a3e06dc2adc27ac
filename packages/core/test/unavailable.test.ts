import { expect, test } from 'vitest'
import { asUnavailable } from '../src/unavailable.ts'

test.each([
  ['a full disk', '53100', 'could not extend file "base/16384/2619": No space left on device'],
  ['no memory', '53200', 'out of memory'],
  ['too many connections', '53300', 'sorry, too many clients already'],
  ['too many connections, as Prisma tells it', 'P2037', 'Too many database connections opened'],
  ['a disk that fails', '58030', 'could not read block 12'],
  ['a transaction of ours that took too long', 'TRANSACTION_TIMED_OUT', 'The transaction took longer than 10000 ms'],
  [
    'a server that stops, as Prisma tells it',
    'P2010',
    'Database error. Code: `57P01`. Message: `terminating connection`',
  ],
])('%s is told as unavailable, wherever it lies among the causes', (_, code, message) => {
  const error = Object.assign(new Error(message), { code })
  const told = { code: 'UNAVAILABLE', status: 503, retryAfterSeconds: 2 }
  expect(asUnavailable(error)).toMatchObject(told)
  expect(asUnavailable(new Error('The page could not be read', { cause: error }))).toMatchObject(told)
})

test.each([
  ['23505', 'duplicate key value violates unique constraint'],
  ['P2010', 'Database error. Code: `22P02`. Message: `invalid input syntax for type uuid`'],
])('an error of the question is none (%s)', (code, message) => {
  expect(asUnavailable(Object.assign(new Error(message), { code }))).toBeUndefined()
})
