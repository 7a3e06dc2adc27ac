import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { Tests } from './tests.ts'

/** After a score: whether it decides the test that it belongs to. */
export const settleTest = defineJob({
  name: 'prompts.settle-test',
  input: z.object({ testId: z.uuid() }),
  singletonKey: ({ testId }) => testId,
  run: async ({ testId }, context, { tests }: { readonly tests: Tests }) => ({
    status: (await tests.settle(context, testId)).status,
  }),
})

/** Every hour: tests whose days are over end, whether anything was scored or not. */
export const settleTests = defineJob({
  name: 'prompts.settle-tests',
  input: z.object({}),
  schedule: { cron: '17 * * * *' },
  singletonKey: () => 'all',
  run: async (_input, context, { tests }: { readonly tests: Tests }) => tests.settleAll(context),
})
