import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import { forgetContext } from '../schema/contextMemory.ts'
import { isCurrentValue, marksCurrentValue } from './currentValue.ts'

/**
 * graphql's `subscribe`, with a context of its own for each event. What a context remembers, rows that a loader
 * has read or scopes that were granted, is true for the moment of one result and must not answer the next.
 */
export async function subscribeAfresh(
  args: Omit<ExecutionArgs, 'contextValue'>,
  context: () => object,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream({ ...args, contextValue: context() })
  if (!(Symbol.asyncIterator in source)) return source
  const events = source[Symbol.asyncIterator]()
  const results: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      const event = await events.next()
      if (event.done) return { done: true, value: undefined }
      const contextValue = context()
      const value = await execute({ ...args, rootValue: event.value, contextValue })
      forgetContext(contextValue)
      return { done: false, value }
    },
    return: async () => {
      await events.return?.()
      return { done: true, value: undefined }
    },
    throw: async (error: unknown) => {
      await events.return?.()
      throw error
    },
    [Symbol.asyncIterator]() {
      return results
    },
  }
  return isCurrentValue(source) ? marksCurrentValue(results) : results
}
