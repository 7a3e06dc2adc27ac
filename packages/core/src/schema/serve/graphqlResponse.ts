import type { GraphQLError } from 'graphql'

/** The answer to a request that is refused before any operation is looked at. */
export function refusalResponse(error: GraphQLError, status: number, headers: HeadersInit = {}): Response {
  const { http: _, ...extensions } = error.extensions
  const body = { errors: [{ message: error.message, extensions }] }
  const answer = new Response(JSON.stringify(body), { status, headers })
  answer.headers.set('content-type', 'application/json; charset=utf-8')
  return answer
}
