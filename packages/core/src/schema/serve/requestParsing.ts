import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { insist, type RateLimits } from '../../http/rateLimits.ts'
import { callerOf, type ServeContext } from './operations.ts'

/** Parameters in the URL that are not JSON are the client's mistake. */
export function parameterMistakes(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser }) => {
      if (request.method !== 'GET' || !requestParser) return
      setRequestParser((given) => {
        try {
          return requestParser(given)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new GraphQLError(
            'The parameters "variables" and "extensions" have to be JSON objects. Check their encoding.',
            {
              extensions: { code: 'BAD_REQUEST' },
            },
          )
        }
      })
    },
  }
}

/** Each operation of a batch counts: the request itself has counted for the first one. */
export function countedBatches(rateLimits: RateLimits, path: string): Plugin<object, ServeContext> {
  return {
    onRequestParse: ({ serverContext: { state } }) => ({
      onRequestParseDone: async ({ requestParserResult }) => {
        if (!Array.isArray(requestParserResult) || requestParserResult.length < 2) return
        state.allowance = await rateLimits.take(path, callerOf(state), undefined, requestParserResult.length - 1)
        insist(state.allowance)
      },
    }),
  }
}
