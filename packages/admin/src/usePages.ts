import { useEffect, useState } from 'react'
import type { ApiError } from './api.ts'
import type { TypedDocumentString } from './graphql/graphql.ts'
import { useAnswer } from './useApi.ts'

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}

/**
 * A list that grows by a page on `more`. It begins anew when its variables change.
 *
 * @param document takes `$after`
 * @param pick the connection of an answer
 * @param start the cursor that it begins after; default: at the beginning
 */
export function usePages<Result, Variables extends { after?: string | null }, Node extends { readonly id: string }>(
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'after'>,
  pick: (result: Result) => Connection<Node>,
  start: string | null = null,
): {
  state: 'loading' | 'failed' | 'ready'
  error?: ApiError
  nodes: readonly Node[]
  /** Undefined where there is no more. */
  more?: () => void
  again: () => void
} {
  const key = JSON.stringify(variables)
  const [place, setPlace] = useState<{ key: string; after: string | null; before: readonly Node[] }>({
    ...{ key, after: start, before: [] },
  })
  const here = place.key === key ? place : { key, after: start, before: [] }
  const { answer, again } = useAnswer(document, { ...variables, after: here.after } as Variables)
  // What was read before stays on the screen while the next page comes.
  const [shown, setShown] = useState<{ key: string; nodes: readonly Node[] }>({ key, nodes: [] })
  const connection = answer.state === 'ready' ? pick(answer.result) : undefined
  const nodes = connection ? unique([...here.before, ...connection.edges.map(({ node }) => node)]) : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when an answer came
  useEffect(() => {
    if (nodes) setShown({ key, nodes })
  }, [answer])
  const known = nodes ?? (shown.key === key ? shown.nodes : [])
  const end = connection?.pageInfo.hasNextPage ? connection.pageInfo.endCursor : undefined
  return {
    state: answer.state === 'loading' && known.length > 0 ? 'ready' : answer.state,
    ...(answer.state === 'failed' && { error: answer.error }),
    nodes: known,
    ...(end && { more: () => setPlace({ key, after: end, before: known }) }),
    again,
  }
}

function unique<Node extends { readonly id: string }>(nodes: readonly Node[]): readonly Node[] {
  return [...new Map(nodes.map((node) => [node.id, node])).values()]
}
