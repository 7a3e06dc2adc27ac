import type { GraphQLError } from 'graphql'
import type { AnswerExtensions } from './answerExtensions.ts'

/** The answer to a request that is refused before any operation is looked at. */
export function refusalResponse(
  error: GraphQLError,
  status: number,
  headers: HeadersInit = {},
  told?: AnswerExtensions,
): Response {
  const { http: _, ...extensions } = error.extensions
  const body = { errors: [{ message: error.message, extensions }], ...(told && { extensions: told }) }
  const answer = new Response(JSON.stringify(body), { status, headers })
  answer.headers.set('content-type', 'application/json; charset=utf-8')
  return answer
}
