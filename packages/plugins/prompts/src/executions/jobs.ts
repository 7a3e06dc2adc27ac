import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { Executions } from './executions.ts'
import { isLasting } from './lasting.ts'

/** Asks the model for an execution that somebody has planned. Its outcome is in the execution, errors too. */
export const completeExecution = defineJob({
  name: 'prompts.complete-execution',
  input: z.object({ executionId: z.uuid() }),
  singletonKey: ({ executionId }) => executionId,
  run: async ({ executionId }, context, { executions }: { readonly executions: Executions }, { signal }) => {
    try {
      await executions.complete(context, executionId, signal)
      return {}
    } catch (error) {
      if (!isLasting(error)) throw error
      return { failed: (error as { code: string }).code }
    }
  },
})
