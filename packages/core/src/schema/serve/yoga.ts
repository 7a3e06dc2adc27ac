import type { GraphQLError, GraphQLSchema } from 'graphql'
import { createYoga, type GraphQLParams, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { RateLimits } from '../../http/rateLimits.ts'
import type { RequestState } from '../../http/requestState.ts'
import { answerExtensions, withExtensions } from './answerExtensions.ts'
import type { PluginExample } from './apiExamples.ts'
import type { Documents } from './documents.ts'
import { graphiqlOptions, graphiqlPage } from './graphiqlPage.ts'
import type { Observation } from './observation.ts'
import type { Operations, ServeContext } from './operations.ts'
import type { PersistedOperations } from './persistedOperations.ts'
import { countedBatches, parameterMistakes } from './requestParsing.ts'

/** What Yoga is set up with. */
export interface YogaParts {
  readonly path: string
  readonly schema: GraphQLSchema
  readonly rateLimits: RateLimits
  readonly persisted: PersistedOperations
  readonly documents: Documents
  readonly operations: Operations
  readonly observation: Observation
  /** What GraphiQL shows beside itself. */
  readonly examples: () => readonly PluginExample[]
  /** Whether browsers get GraphiQL. */
  readonly graphiql: boolean
  /** Whether a request may carry up to 10 operations as an array. */
  readonly batching: boolean
  /** An error as clients get it. */
  readonly shape: (error: Error, state: RequestState) => GraphQLError
}

/** Yoga with our own parsing, limits, execution and errors: it is left with what GraphQL over HTTP says of a request and its answer. */
export function yogaOf(parts: YogaParts): YogaServerInstance<ServeContext, object> {
  const { path, schema, rateLimits, persisted, documents, operations, observation, examples } = parts
  return createYoga<ServeContext, object>({
    schema,
    graphqlEndpoint: path,
    // The server's own classes: Node's adapter writes their answers without streams.
    fetchAPI: { Response, Request, Headers, URL, ReadableStream },
    logging: false,
    maskedErrors: false,
    cors: false,
    multipart: false,
    landingPage: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    graphiql: parts.graphiql
      ? (request, context) => {
          // Yoga's types know its own context, where ours is merged in.
          const { state } = context as unknown as ServeContext
          return graphiqlOptions(examples(), new URL(request.url), state.locale)
        }
      : false,
    renderGraphiQL: graphiqlPage,
    extraParamNames: ['documentId'],
    batching: parts.batching ? { limit: 10 } : false,
    plugins: [
      parameterMistakes(),
      countedBatches(rateLimits, path),
      persisted.plugin((params, serve, error) =>
        observation.saw(serve, { source: params.query, operationName: params.operationName, error }),
      ),
      prepared(documents, observation),
      operations.plugin(),
      shaped(parts.shape),
    ],
  })
}

/** Parsing and validation come from {@link Documents}. */
function prepared(documents: Documents, observation: Observation): Plugin<object, ServeContext> {
  /** Yoga keeps what was asked for beside our own context; over a WebSocket it is not there. */
  const nameIn = (context: object) => (context as { params?: GraphQLParams }).params?.operationName
  return {
    onParse: ({ params, context, setParsedDocument }) => {
      const source = String(params.source)
      try {
        setParsedDocument(documents.prepare(source).document)
      } catch (error) {
        observation.saw(context as unknown as ServeContext, {
          source,
          operationName: nameIn(context),
          error: error as Error,
        })
        throw error
      }
    },
    onValidate: ({ params, context, setResult }) => {
      const known = documents.of(params.documentAST)
      if (!known) return
      setResult(known.errors)
      const [error] = known.errors
      if (error)
        observation.saw(context as unknown as ServeContext, { prepared: known, operationName: nameIn(context), error })
    },
  }
}

/** Gives every error its shape on the way out, whatever part of Yoga it came from. */
function shaped(shape: YogaParts['shape']): Plugin<object, ServeContext> {
  return {
    onResultProcess: ({ result, setResult, serverContext: { state } }) => {
      const shapeResult = <R extends object>(one: R): R => {
        const errors = (one as { errors?: readonly Error[] }).errors
        if (!errors) return one
        const told = withExtensions(one, answerExtensions(undefined, state.allowance))
        return { ...told, errors: errors.map((error) => shape(error, state)) }
      }
      if (Array.isArray(result)) setResult(result.map(shapeResult))
      else if (!(Symbol.asyncIterator in result)) setResult(shapeResult(result))
    },
  }
}
