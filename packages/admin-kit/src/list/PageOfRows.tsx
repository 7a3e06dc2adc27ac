import { useEffect, useRef } from 'react'
import type { TypedDocument } from '../client/typedDocument.ts'
import { useQuery } from '../client/useQuery.ts'
import type { ListConnection, ListRow } from './listDefinition.ts'
import type { PageChain } from './pageChain.ts'

/** Variables that the list itself sets. */
export interface PageVariables {
  first?: number
  after?: string | null
  last?: number
  before?: string | null
  count: boolean
}

/** So many from the top are there at once when one comes back to the list; of a long one the others are read again. */
const pagesInCache = 4

/**
 * One page of a list while it is near the view. Draws nothing: it hands its rows to the chain, at once from the cache,
 * then from the server, and again whenever something is learned about one of them.
 */
export function PageOfRows<Row extends ListRow, Result, Variables>({
  chain,
  question,
  page,
  fromEnd,
  document,
  variables,
  connection,
  look,
  again,
}: {
  chain: PageChain<Row>
  question: string
  page: number
  /** It is asked for by what follows it. */
  fromEnd: boolean
  document: TypedDocument<Result, Variables>
  variables: Variables
  connection: (data: Result) => ListConnection<Row>
  /** Grows when it is time to look what became of the rows. */
  look: number
  /** Grows when the reader asks for the page again. */
  again: number
}) {
  const query = useQuery<Result, unknown>(document as TypedDocument<Result, unknown>, variables, {
    apart: page >= pagesInCache,
  })
  const { data, error } = query
  const read = useRef(connection)
  read.current = connection
  useEffect(() => {
    if (data !== undefined) chain.answer(question, page, read.current(data), fromEnd)
  }, [chain, question, page, fromEnd, data])
  useEffect(() => {
    if (error && data === undefined) chain.fail(question, page, error)
  }, [chain, question, page, error, data])
  const askAgain = useRef(query.again)
  askAgain.current = query.again
  const asked = useRef({ look, again })
  useEffect(() => {
    if (asked.current.look === look && asked.current.again === again) return
    asked.current = { look, again }
    askAgain.current()
  }, [look, again])
  return null
}
