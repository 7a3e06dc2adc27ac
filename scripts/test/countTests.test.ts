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
    skipped: ['packages/core/test/live.test.ts: c', 'packages/core/test/live.test.ts: d'],
    output: '',
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
