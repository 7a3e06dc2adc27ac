import { expect, test } from 'vitest'
import { costOf } from '../../admin/prompt/costOf.ts'

// GPT-4.1 mini: $0.40 for a million tokens in, $1.60 out.
const price = { inputMicros: 400_000, outputMicros: 1_600_000 }

test('1,000 tokens in cost $0.0004; an answer of 500 adds $0.0008, one of 4,096 $0.006554', () => {
  expect(costOf(price, 1000)).toEqual({ likely: 1200, most: 6954 })
})

test('an answer is never expected to be longer than it may be', () => {
  expect(costOf(price, 1000, 100)).toEqual({ likely: 560, most: 560 })
})
