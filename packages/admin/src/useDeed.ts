import { useState } from 'react'
import { ApiError, ask } from './api.ts'
import type { TypedDocumentString } from './graphql/graphql.ts'

/**
 * Does what a button asks for, one at a time, and keeps what the server refused with.
 *
 * @returns `failure`: why the last one was refused, in the server's words; `busy` while one is under way
 */
export function useDeed(after: () => void = () => {}) {
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  /** @returns whether it was done */
  const act = async <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<boolean> => {
    setBusy(true)
    try {
      const result = await ask(document, variables)
      const [answer] = Object.values(result as Record<string, { message?: string } | null>)
      setFailure(answer?.message)
      if (answer?.message !== undefined) return false
      after()
      return true
    } catch (error) {
      setFailure(error instanceof ApiError ? error.message : String(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { act, busy, failure }
}
