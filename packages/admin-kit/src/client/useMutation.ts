import { useCallback, useEffect, useRef, useState } from 'react'
import { invalidate, useClient } from './browserApi.ts'
import { type MutateOptions, mutateWith, type Outcome, type SuccessData } from './mutate.ts'
import type { Problem } from './problem.ts'
import type { TypedDocument } from './typedDocument.ts'

/** What is shown while a mutation is under way, and what follows it. */
export interface MutationOptions<Data, Variables> {
  /** What it will most likely answer as `data`: shown at once, and taken back when it answers otherwise. */
  readonly optimistic?: (variables: Variables) => MutateOptions['optimistic']
  /** Fields of `Query` whose shown answers are asked again after it: lists, after something was made or deleted. */
  readonly invalidates?: readonly string[]
  /** After it was done. */
  readonly after?: (data: Data) => void
}

/** Carries it out. Never throws: what went wrong is part of the outcome, and `problem` of the hook. */
export type RunMutation<Result, Variables> = (variables: Variables) => Promise<Outcome<SuccessData<Result>>>

/**
 * A mutation to run, and whether it is under way.
 *
 * @returns what runs it, and: `busy` while one is under way; `problem` why the last one was refused; `forget` for when
 * somebody has read that
 */
export function useMutation<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  options: MutationOptions<SuccessData<Result>, Variables> = {},
): [
  run: RunMutation<Result, Variables>,
  state: { readonly busy: boolean; readonly problem: Problem | undefined; forget(): void },
] {
  const client = useClient()
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  const [underWay, setUnderWay] = useState(0)
  const [problem, setProblem] = useState<Problem>()
  const run = useCallback(
    async (variables: Variables) => {
      const { optimistic, invalidates, after } = latest.current
      const expected = optimistic?.(variables)
      setUnderWay((count) => count + 1)
      const outcome = await mutateWith(client, document, variables, expected ? { optimistic: expected } : {})
      setUnderWay((count) => count - 1)
      setProblem(outcome.problem)
      if (outcome.problem) return outcome
      if (invalidates) invalidate(...invalidates)
      after?.(outcome.data)
      return outcome
    },
    [client, document],
  )
  return [run, { busy: underWay > 0, problem, forget: useCallback(() => setProblem(undefined), []) }]
}
