import { EspalierError, type InputIssue } from './errors.ts'
import { retryAfterOf } from './exchange.ts'

/** What GraphQL answers with. */
export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFault[]
}

interface GraphQLFault {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** @throws EspalierError for the first of its errors, or where it is no answer of GraphQL's */
export function dataOf(answer: unknown, response?: Response): unknown {
  const { data, errors } = (typeof answer === 'object' && answer !== null ? answer : {}) as GraphQLAnswer
  const [error] = errors ?? []
  if (error) throw asEspalierError(error, data, response)
  if (data === undefined || data === null)
    throw new EspalierError('BAD_RESPONSE', `${response?.url ?? 'The server'} answered without data.`, {
      status: response?.status,
    })
  return data
}

function asEspalierError(
  { message, extensions = {} }: GraphQLFault,
  data: unknown,
  response?: Response,
): EspalierError {
  const { code, traceId, issues } = extensions as { code?: string; traceId?: string; issues?: InputIssue[] }
  return new EspalierError(code ?? 'BAD_RESPONSE', message, {
    status: response && !response.ok ? response.status : undefined,
    retryAfterSeconds: response && retryAfterOf(response),
    traceId,
    issues,
    data,
    extensions,
  })
}
