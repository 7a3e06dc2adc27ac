import { expect, test } from 'vitest'
import { countTests } from '../testSteps.ts'

const file = (status: string, ...tests: [status: string, fullName: string][]) => ({
  name: `${process.cwd()}/packages/core/test/live.test.ts`,
  status,
  assertionResults: tests.map(([status, fullName]) => ({ status, fullName })),
})

test('passed and failed tests are counted, and those that did not run are named with their file', () => {
  const report = { testResults: [file('failed', ['passed', 'a'], ['failed', 'b'], ['skipped', 'c'], ['todo', 'd'])] }
  expect(countTests(report, false)).toEqual({
    passed: 1,
    failed: 1,
    failures: ['packages/core/test/live.test.ts: b'],
    unsteady: [],
    skipped: ['packages/core/test/live.test.ts: c', 'packages/core/test/live.test.ts: d'],
    output: '',
  })
})

test('what failed is named with the first lines of its reason', () => {
  const failure = { status: 'failed', fullName: 'a', failureMessages: ['expected 1 to be 2\n    at live.test.ts:3'] }
  const report = { testResults: [{ ...file('failed'), assertionResults: [failure] }] }
  expect(countTests(report, false).failures).toEqual([
    'packages/core/test/live.test.ts: a\n    expected 1 to be 2\n        at live.test.ts:3',
  ])
})

test('what passed at its second attempt only is named with the reason of the first', () => {
  const again = { status: 'passed', fullName: 'a', failureMessages: ['expected 1 to be 2'] }
  const report = { testResults: [{ ...file('passed'), assertionResults: [again] }] }
  expect(countTests(report, true)).toMatchObject({
    passed: 1,
    failed: 0,
    unsteady: ['packages/core/test/live.test.ts: a\n    expected 1 to be 2'],
  })
})

test('a file that breaks before its first test counts as one failure', () => {
  expect(countTests({ testResults: [file('failed'), file('passed', ['passed', 'a'])] }, false)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('a run that is not content although every test passed counts as one failure', () => {
  expect(countTests({ testResults: [file('passed', ['passed', 'a'])] }, false)).toMatchObject({ passed: 1, failed: 1 })
})
